/** A situation that an alert is for: series over time, when it fires and when it does not. */
export interface Situation {
  /** `.+`: any alert at all. */
  readonly alert: string;
  readonly what: string;
  /** Series → values in promtool's notation, one a minute: `0x5 1x10`. */
  readonly series: Readonly<Record<string, string>>;
  /** Minutes at which it fires, and with which labels. */
  readonly fires: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  /** Minutes at which it does not: before, after, and where it must not (with these labels, if it never fires). */
  readonly quiet: readonly number[];
}

const acme = { tenant: 'acme' };
const exmail = { ...acme, contract: 'exmail' };
const open = (attribution: string) =>
  `mailminute_open_run_info{tenant="acme",protocol="imap",attribution="${attribution}",depth="login"}`;
const unavailable = 'mailminute_unavailable{tenant="acme"}';
const minutes = (state: string) => `mailminute_minutes_total{tenant="acme",state="${state}"}`;
const days = (count: number) => count * 86_400;
const month = (state: string) =>
  `mailminute_period_minutes{tenant="acme",contract="exmail",state="${state}"}`;
const budget = (bound: string) =>
  `mailminute_unavailability_budget_remaining{tenant="acme",contract="exmail",bound="${bound}"}`;

/** A month of 43 minutes: `used` of them are lost from minute 5 on, and a new month begins at minute 15. */
const monthWith = (used: number) => ({
  [month('unavailable')]: `0x4 ${used}x9 0x20`,
  [budget('proven')]: `43x4 ${43 - used}x9 44x20`,
  [budget('possible')]: `43x4 ${43 - used}x9 44x20`,
  'mailminute_period_unwatched{tenant="acme",contract="exmail"}': '0x40',
});

export const situations: readonly Situation[] = [
  {
    alert: 'MailminuteProtocolFailing',
    what: 'a run of the provider is open for half a minute',
    series: { [open('provider')]: '_x5 1x5 _x10' },
    fires: [7],
    labels: { ...acme, protocol: 'imap', severity: 'warning' },
    quiet: [4, 5, 16],
  },
  {
    alert: 'MailminuteProtocolFailing',
    what: 'a run that is nobody’s but ours is no failure of the protocol',
    series: { [open('local')]: '1x20' },
    fires: [],
    labels: {},
    quiet: [5, 20],
  },
  {
    alert: 'MailminuteUnavailable',
    what: 'a counted outage is open, from the first sight of it',
    series: { [unavailable]: '0x4 1x5 0x10' },
    fires: [5, 10],
    labels: { ...acme, severity: 'warning' },
    quiet: [4, 11],
  },
  {
    alert: 'MailminuteUnavailableLong',
    what: 'it has lasted for 3 minutes',
    series: { [unavailable]: '0x4 1x9 0x10' },
    fires: [8, 14],
    labels: { ...acme, severity: 'critical' },
    quiet: [4, 7, 15],
  },
  {
    alert: 'MailminuteUnavailableOften',
    what: '5 counted minutes within an hour, in pieces',
    series: { [minutes('unavailable')]: '0x9 1x9 2x9 3x9 4x9 5x100' },
    fires: [55, 65],
    labels: { ...acme, severity: 'critical' },
    quiet: [9, 45, 120],
  },
  {
    alert: 'MailminuteUnavailableOften',
    what: 'a restart of the daemon with its old count is no outage',
    series: { [minutes('unavailable')]: '40x30 _x5 40x60' },
    fires: [],
    labels: {},
    quiet: [30, 40, 90],
  },
  {
    alert: 'MailminuteBudgetHalfUsed',
    what: '22 of 43 minutes are used, until the month ends',
    series: monthWith(22),
    fires: [6, 14],
    labels: { ...exmail, bound: 'proven', severity: 'info' },
    quiet: [4, 16],
  },
  {
    alert: 'MailminuteBudgetHalfUsed',
    what: '21 of 43 minutes are not half',
    series: monthWith(21),
    fires: [],
    labels: {},
    quiet: [6, 14, 16],
  },
  {
    alert: 'MailminuteBudgetMostlyUsed',
    what: '35 of 43 minutes are used, until the month ends',
    series: monthWith(35),
    fires: [6, 14],
    labels: { ...exmail, bound: 'possible', severity: 'warning' },
    quiet: [4, 16],
  },
  {
    alert: 'MailminuteBudgetUsedUp',
    what: 'all 43 minutes are used, until the month ends',
    series: monthWith(43),
    fires: [6, 14],
    labels: { ...exmail, bound: 'proven', severity: 'warning' },
    quiet: [4, 16],
  },
  {
    alert: 'MailminuteBudgetUsedUp',
    what: 'a month that was not rented has no budget to use',
    series: { [month('unavailable')]: '0x20', [budget('proven')]: '0x20' },
    fires: [],
    labels: {},
    quiet: [5, 20],
  },
  {
    alert: 'MailminuteClaimOpen',
    what: 'the window is open, and closes unused',
    series: {
      'mailminute_claim_opens_timestamp_seconds{tenant="acme",contract="exmail"}': '300x30',
      'mailminute_claim_lapses_timestamp_seconds{tenant="acme",contract="exmail"}': '1200x30',
    },
    fires: [6, 19],
    labels: { ...exmail, severity: 'info' },
    quiet: [4, 21],
  },
  {
    alert: 'MailminuteClaimLapses',
    what: 'it closes within three days, until the claim is on record',
    series: {
      'mailminute_claim_opens_timestamp_seconds{tenant="acme",contract="exmail"}': '60x20',
      'mailminute_claim_lapses_timestamp_seconds{tenant="acme",contract="exmail"}': `${days(3) + 600}x20`,
    },
    fires: [11, 20],
    labels: { ...exmail, severity: 'warning' },
    quiet: [9, 27],
  },
  {
    alert: 'MailminuteDelayHigh',
    what: 'messages take 50 s in the mean of an hour, then 2 s again',
    series: {
      'mailminute_delay_seconds_sum{tenant="acme",route="loop",protocol="imap"}':
        '0+50x100 5000+2x120',
      'mailminute_delay_seconds_count{tenant="acme",route="loop",protocol="imap"}':
        '0+1x100 100+1x120',
    },
    fires: [20, 100],
    labels: { ...acme, route: 'loop', protocol: 'imap', severity: 'warning' },
    quiet: [10, 170],
  },
  {
    alert: 'MailminuteMessageLost',
    what: 'one message is given up',
    series: { 'mailminute_period_messages{tenant="acme",route="loop",fate="lost"}': '0x69 1x100' },
    fires: [72, 120],
    labels: { ...acme, route: 'loop', severity: 'warning' },
    quiet: [69, 140],
  },
  {
    alert: 'MailminuteMessageLost',
    what: 'one that is late is not lost, and a new month is no news',
    series: { 'mailminute_period_messages{tenant="acme",route="loop",fate="late"}': '0x69 1x100' },
    fires: [],
    labels: {},
    quiet: [12, 60],
  },
  {
    alert: 'MailminutePageSlow',
    what: 'the webmail’s page takes 11 s',
    series: {
      'mailminute_page_open_seconds_sum{tenant="acme",driver="http"}': '0+11x60 660+2x60',
      'mailminute_page_open_seconds_count{tenant="acme",driver="http"}': '0+1x60 60+1x60',
    },
    fires: [15, 60],
    labels: { ...acme, driver: 'http', severity: 'warning' },
    quiet: [5, 100],
  },
  {
    alert: 'MailminuteCertificateExpiring',
    what: 'a certificate has 21 days left, then it is renewed',
    series: {
      'mailminute_certificate_not_after_timestamp_seconds{tenant="acme",protocol="imap"}': `${days(21) + 300}x40 ${days(90)}x10`,
    },
    fires: [22, 40],
    labels: { ...acme, protocol: 'imap', severity: 'warning' },
    quiet: [4, 15, 42],
  },
  {
    alert: 'MailminuteCertificateExpiringSoon',
    what: 'a certificate has 7 days left, then it is renewed',
    series: {
      'mailminute_certificate_not_after_timestamp_seconds{tenant="acme",protocol="imap"}': `${days(7) + 300}x40 ${days(90)}x10`,
    },
    fires: [22, 40],
    labels: { ...acme, protocol: 'imap', severity: 'critical' },
    quiet: [4, 15, 42],
  },
  {
    alert: 'MailminuteThrottled',
    what: 'probes are turned away for 10 minutes',
    series: { [open('throttled')]: '_x5 1x15 _x10' },
    fires: [16, 20],
    labels: { ...acme, protocol: 'imap', severity: 'warning' },
    quiet: [4, 14, 27],
  },
  {
    alert: 'MailminuteProbeAccount',
    what: 'the probe’s password is refused for 10 minutes',
    series: { [open('customer')]: '_x5 1x15 _x10' },
    fires: [16, 20],
    labels: { ...acme, protocol: 'imap', severity: 'warning' },
    quiet: [4, 14, 27],
  },
  {
    alert: 'MailminuteMailboxFilling',
    what: 'the mailbox is nine tenths full, then emptied',
    series: { 'mailminute_mailbox_quota_ratio{tenant="acme"}': '0.5x4 0.9x9 0.95x10 0.2x10' },
    fires: [11, 25],
    labels: { ...acme, severity: 'warning' },
    quiet: [4, 9, 27],
  },
  {
    alert: 'MailminuteMailboxFilling',
    what: 'there is room, or for a moment only there is little',
    series: { 'mailminute_mailbox_quota_ratio{tenant="acme"}': '0.89x9 0.95x3 0.89x20' },
    fires: [],
    labels: {},
    quiet: [9, 12, 13, 30],
  },
  {
    alert: 'MailminutePushBudgetUsedUp',
    what: 'nothing is left for an hour, until the next day',
    series: {
      'mailminute_push_budget_left_messages{tenant="acme"}': '3x4 0x89 100x20',
      'mailminute_push_budget_messages{tenant="acme"}': '100x140',
    },
    fires: [66, 93],
    labels: { ...acme, severity: 'warning' },
    quiet: [4, 60, 95],
  },
  {
    alert: 'MailminutePushBudgetUsedUp',
    what: 'the last message of a day uses up what the day had',
    series: { 'mailminute_push_budget_left_messages{tenant="acme"}': '1x60 0x15 96x60' },
    fires: [],
    labels: {},
    quiet: [60, 75, 77, 130],
  },
  {
    alert: 'MailminuteDown',
    what: 'it is not scraped for 3 minutes',
    series: { 'up{job="mailminute",instance="mailminute:9925"}': '1x4 0x9 1x10' },
    fires: [8, 14],
    labels: { job: 'mailminute', instance: 'mailminute:9925', severity: 'critical' },
    quiet: [4, 7, 15],
  },
  {
    alert: 'MailminuteDown',
    what: 'nobody has told Prometheus of it',
    series: { 'up{job="prometheus"}': '1x20' },
    fires: [5],
    labels: { job: 'mailminute', severity: 'critical' },
    quiet: [1],
  },
  {
    alert: 'MailminuteResultsStale',
    what: 'a protocol has no result for more than 3 minutes',
    series: {
      'mailminute_last_result_timestamp_seconds{tenant="acme",protocol="pop"}':
        '0+60x5 300x10 900+60x5',
    },
    fires: [12, 15],
    labels: { ...acme, protocol: 'pop', severity: 'warning' },
    quiet: [5, 9, 18],
  },
  {
    alert: 'MailminuteCoverageFalling',
    what: 'half of the minutes are unknown, then none',
    series: {
      [minutes('unknown')]: '0+1x60 60x150',
      [minutes('available')]: '0+1x60 61+2x150',
    },
    fires: [25, 60],
    labels: { ...acme, severity: 'warning' },
    quiet: [10, 150],
  },
  {
    alert: 'MailminuteLocalFault',
    what: 'two of three control targets are gone',
    series: {
      'mailminute_control_target_up{target="a:443"}': '1x30',
      'mailminute_control_target_up{target="b:443"}': '1x4 0x9 1x20',
      'mailminute_control_target_up{target="c:443"}': '1x4 0x9 1x20',
    },
    fires: [6, 14],
    labels: { severity: 'warning' },
    quiet: [4, 16],
  },
  {
    alert: 'MailminuteLocalFault',
    what: 'one of three may be down by itself',
    series: {
      'mailminute_control_target_up{target="a:443"}': '1x30',
      'mailminute_control_target_up{target="b:443"}': '1x30',
      'mailminute_control_target_up{target="c:443"}': '0x30',
    },
    fires: [],
    labels: {},
    quiet: [5, 20],
  },
  {
    alert: 'MailminuteClockUnsteady',
    what: 'the clock steps three times within an hour',
    series: {
      mailminute_clock_steps_total: '0x4 1x4 2x4 3x80',
      mailminute_pauses_total: '0x100',
    },
    fires: [16, 60],
    labels: { severity: 'warning' },
    quiet: [4, 9, 80],
  },
  {
    alert: 'MailminuteStoreTrouble',
    what: 'results wait for the disk for a minute',
    series: {
      mailminute_results_waiting: '0x4 3x5 0x10',
      mailminute_results_lost_total: '0x30',
    },
    fires: [7, 10],
    labels: { severity: 'critical' },
    quiet: [4, 12],
  },
  {
    alert: 'MailminuteStoreTrouble',
    what: 'results were given up',
    series: { mailminute_results_waiting: '0x30', mailminute_results_lost_total: '0x4 2x40' },
    fires: [7],
    labels: { severity: 'critical' },
    quiet: [4, 25],
  },
  {
    alert: 'MailminuteConfigReloadFailed',
    what: 'a new configuration was refused, then mended',
    series: { mailminute_config_last_reload_successful: '1x4 0x5 1x10' },
    fires: [7, 10],
    labels: { severity: 'warning' },
    quiet: [4, 5, 11],
  },
];
