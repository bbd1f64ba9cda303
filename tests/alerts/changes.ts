import type { Situation } from './situations.ts';

const minutes = (state: string) => `mailminute_minutes_total{tenant="acme",state="${state}"}`;
const lost = 'mailminute_period_messages{tenant="acme",route="loop",fate="lost"}';
const delay = (what: string) =>
  `mailminute_delay_seconds_${what}{tenant="acme",route="loop",protocol="imap"}`;
const page = (what: string) => `mailminute_page_open_seconds_${what}{tenant="acme",driver="http"}`;
const acme = { tenant: 'acme' };

/** What the administrator does, or the calendar, and not the mail service. */
export const changes: readonly Situation[] = [
  {
    alert: 'MailminuteUnavailableOften',
    what: 'an exclusion takes 5 of 20 minutes away: none is lost by that',
    series: { [minutes('unavailable')]: '20x70 15x60', [minutes('excluded')]: '0x70 5x60' },
    fires: [],
    labels: {},
    quiet: [60, 72, 100],
  },
  {
    alert: 'MailminuteUnavailableOften',
    what: 'after an exclusion new minutes count as before',
    series: { [minutes('unavailable')]: '20x70 15x10 20x90' },
    fires: [83, 130],
    labels: { ...acme, severity: 'critical' },
    quiet: [72, 80, 150],
  },
  {
    alert: 'MailminuteUnavailableOften',
    what: 'a tenant that is removed alerts nobody any more',
    series: { [minutes('unavailable')]: '0x5 8x9 stale' },
    fires: [7, 14],
    labels: { ...acme, severity: 'critical' },
    quiet: [4, 16, 30],
  },
  {
    alert: 'MailminuteCoverageFalling',
    what: 'a re-attribution makes some of many unknown minutes known',
    series: { [minutes('unknown')]: '900x70 880x60', [minutes('available')]: '0+1x130' },
    fires: [],
    labels: {},
    quiet: [60, 72, 90, 130],
  },
  {
    alert: 'MailminuteCoverageFalling',
    what: 'a short beginning is no fall: six unknown minutes are a tenth of an hour',
    series: { [minutes('unknown')]: '0 1+1x5 6x60', [minutes('available')]: '0x6 1+1x60' },
    fires: [],
    labels: {},
    quiet: [10, 25, 60],
  },
  {
    alert: 'MailminuteCoverageFalling',
    what: 'a tenant that is removed alerts nobody any more',
    series: { [minutes('unknown')]: '0+1x40 stale', [minutes('available')]: '0x40 stale' },
    fires: [30, 40],
    labels: { ...acme, severity: 'warning' },
    quiet: [5, 43],
  },
  {
    alert: 'MailminuteDelayHigh',
    what: 'a tenant that is removed alerts nobody any more',
    series: { [delay('sum')]: '0+50x60 stale', [delay('count')]: '0+1x60 stale' },
    fires: [20, 60],
    labels: { ...acme, route: 'loop', protocol: 'imap', severity: 'warning' },
    quiet: [10, 62],
  },
  {
    alert: 'MailminutePageSlow',
    what: 'a tenant that is removed alerts nobody any more',
    series: { [page('sum')]: '0+11x60 stale', [page('count')]: '0+1x60 stale' },
    fires: [15, 60],
    labels: { ...acme, driver: 'http', severity: 'warning' },
    quiet: [5, 62],
  },
  {
    alert: 'MailminuteMessageLost',
    what: 'messages were given up while nothing was scraped for three hours',
    series: { [lost]: '1x69 stale _x179 3x120' },
    fires: [251, 305],
    labels: { ...acme, route: 'loop', severity: 'warning' },
    quiet: [69, 200, 315],
  },
  {
    alert: 'MailminuteMessageLost',
    what: 'a new month begins with none lost, and counts its own',
    series: { [lost]: '4x100 0x99 1x100' },
    fires: [202, 250],
    labels: { ...acme, route: 'loop', severity: 'warning' },
    quiet: [90, 110, 190, 270],
  },
];
