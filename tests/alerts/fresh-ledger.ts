import type { Situation } from './situations.ts';

const of = 'tenant="acme",contract="exmail"';
const period = (state: string) => `mailminute_period_minutes{${of},state="${state}"}`;
const closed = (state: string) => `mailminute_minutes_total{tenant="acme",state="${state}"}`;
const budget = (bound: string) =>
  `mailminute_unavailability_budget_remaining{${of},bound="${bound}"}`;
const lastResult = 'mailminute_last_result_timestamp_seconds{tenant="acme",protocol="imap"}';
const openRun =
  'mailminute_open_run_info{tenant="acme",protocol="imap",attribution="provider",depth="login"}';
const unavailable = 'mailminute_unavailable{tenant="acme"}';
const up = 'up{job="mailminute",instance="mailminute:9925"}';
const used = { tenant: 'acme', contract: 'exmail' };

/** Minutes of the month before the installation: on the 22nd at 9:41. */
const before = 21 * 1_440 + 581;
/** Of the daemon's first minute the beginning was not watched. */
const unknown = before + 1;

/**
 * A daemon that was installed on the 22nd of a month of 30 days, at 99.9 %: all that is read of it while all
 * is well, for four hours. Then a new month begins.
 */
const healthy = {
  [up]: '1x300',
  [lastResult]: '0 60+60x299',
  [unavailable]: '0x300',
  [period('unavailable')]: '0x300',
  [period('unknown')]: `${before} ${unknown}x239 0x60`,
  [period('available')]: '0x1 1+1x238 0+1x59',
  'mailminute_period_unwatched{tenant="acme",contract="exmail"}': `${before}x240 0x59`,
  [budget('proven')]: '43x240 44x59',
  [budget('possible')]: `${43 - before} ${43 - unknown}x239 44x59`,
  [closed('unavailable')]: '0x300',
  [closed('unknown')]: '0x1 1x298',
  [closed('available')]: '0x2 1+1x297',
  'mailminute_control_target_up{target="a:443"}': '1x300',
  'mailminute_control_target_up{target="b:443"}': '1x300',
  'mailminute_control_target_up{target="c:443"}': '1x300',
  'mailminute_period_messages{tenant="acme",route="loop",fate="lost"}': '0x300',
  'mailminute_push_budget_left_messages{tenant="acme"}': '100x300',
  mailminute_clock_steps_total: '0x300',
  mailminute_pauses_total: '0x300',
  mailminute_results_waiting: '0x300',
  mailminute_results_lost_total: '0x300',
  mailminute_config_last_reload_successful: '1x300',
  mailminute_web_config_last_reload_successful: '1x300',
};

/** An hour after the installation the provider fails for half an hour. */
const outage = {
  ...healthy,
  [unavailable]: '0x60 1x29 0x210',
  [openRun]: '_x60 1x29 _x210',
  [period('unavailable')]: '0x60 1+1x28 30x150 0x59',
  [period('available')]: '0x1 1+1x58 60x30 61+1x149 0+1x59',
  [budget('proven')]: '43x60 42-1x28 13x150 44x59',
  [budget('possible')]:
    `${43 - before} ${43 - unknown}x59 ${42 - unknown}-1x28 ${13 - unknown}x150 44x59`,
  [closed('unavailable')]: '0x92 30x207',
};

/** An hour after the installation the daemon is stopped, for two hours. */
const stopped = {
  ...Object.fromEntries(Object.keys(healthy).map((series) => [series, '_'])),
  [up]: '1x60 0x119 1x120',
  [period('unavailable')]: '0x60 stale _x118 0x120',
  [period('unknown')]: `${before} ${unknown}x59 stale _x118 ${unknown + 120}x59 0x60`,
  'mailminute_period_unwatched{tenant="acme",contract="exmail"}': `${before}x60 stale _x118 ${before}x59 0x60`,
  [budget('proven')]: '43x60 stale _x118 43x59 44x60',
  [budget('possible')]:
    `${43 - before} ${43 - unknown}x59 stale _x118 ${43 - unknown - 120}x59 44x60`,
};

export const freshLedger: readonly Situation[] = [
  {
    alert: '.+',
    what: 'a daemon that was installed on the 22nd alerts nobody while all is well, nor in the next month',
    series: healthy,
    fires: [],
    labels: {},
    quiet: [1, 2, 5, 10, 20, 30, 45, 60, 120, 239, 242, 260, 299],
  },
  {
    alert: 'MailminuteUnavailableLong',
    what: 'an outage after a fresh installation',
    series: outage,
    fires: [65, 89],
    labels: { tenant: 'acme', severity: 'critical' },
    quiet: [59, 62, 91],
  },
  ...(['proven', 'possible'] as const).flatMap((bound): Situation[] => [
    {
      alert: 'MailminuteBudgetHalfUsed',
      what: `30 of 43 minutes are lost after a fresh installation, bound ${bound}`,
      series: outage,
      fires: [90, 239],
      labels: { ...used, bound, severity: 'info' },
      quiet: [59, 70, 242],
    },
    {
      alert: 'MailminuteBudgetMostlyUsed',
      what: `31 of 43 are not most of them, bound ${bound}`,
      series: outage,
      fires: [],
      labels: {},
      quiet: [59, 90, 239, 242],
    },
  ]),
  {
    alert: 'MailminuteDown',
    what: 'a daemon that is stopped after a fresh installation',
    series: stopped,
    fires: [66, 179],
    labels: { job: 'mailminute', severity: 'critical' },
    quiet: [59, 182],
  },
  {
    alert: 'MailminuteBudgetUsedUp',
    what: 'two hours without evidence may have used up the budget: the possible bound alone',
    series: stopped,
    fires: [182, 239],
    labels: { ...used, bound: 'possible', severity: 'warning' },
    quiet: [59, 160, 242],
  },
  {
    alert: 'MailminuteBudgetHalfUsed',
    what: 'without evidence nothing is proven to be lost',
    series: stopped,
    fires: [],
    labels: { bound: 'proven' },
    quiet: [59, 160, 182, 239],
  },
];
