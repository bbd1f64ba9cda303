import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { promtoolTests, without } from './promtool.ts';

const file = join(import.meta.dirname, '../../config/prometheus/mailminute.rules.yml');
const rules = readFileSync(file, 'utf8');
const skip = without('promtool');

interface Words {
  readonly what: string;
  readonly alert: string;
  readonly series: Readonly<Record<string, string>>;
  readonly minute: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Left out: that of the rule, in which nothing varies. */
  readonly description?: string;
}

const acme = { tenant: 'acme', severity: 'warning' };
const imap = { ...acme, protocol: 'imap' };
const lastResult = 'mailminute_last_result_timestamp_seconds{tenant="acme",protocol="imap"}';
const notAfter =
  'mailminute_certificate_not_after_timestamp_seconds{tenant="acme",protocol="imap"}';
const open = (tenant: string, protocol: string, attribution: string) =>
  `mailminute_open_run_info{tenant="${tenant}",protocol="${protocol}",attribution="${attribution}",depth="login"}`;

const cases: readonly Words[] = [
  {
    what: 'which protocols fail, of this tenant, by the provider',
    alert: 'MailminuteUnavailable',
    series: {
      'mailminute_unavailable{tenant="acme"}': '1x9',
      [open('acme', 'imap', 'provider')]: '1x9',
      [open('acme', 'pop', 'provider')]: '1x9',
      [open('acme', 'smtp', 'throttled')]: '1x9',
      [open('bravo', 'webmail', 'provider')]: '1x9',
    },
    minute: 1,
    labels: acme,
    summary: 'acme is unavailable by its contract',
    description:
      'A failure has lasted as long as the contract asks, it is going on, and its minutes are counted. Failing now: imap pop. The tenant’s page says since when, and with which answer.',
  },
  {
    what: 'for how long there is no result',
    alert: 'MailminuteResultsStale',
    series: { [lastResult]: '60x20' },
    minute: 10,
    labels: imap,
    summary: 'No result of imap of acme for 9m 0s',
  },
  {
    what: 'that there was never a result: no 50 years',
    alert: 'MailminuteResultsStale',
    // As if the epoch were in the year 1918: promtool begins at 0.
    series: { [lastResult]: '-1600000000x20' },
    minute: 10,
    labels: imap,
    summary: 'No result of imap of acme since mailminute began',
  },
  {
    what: 'when a certificate expires',
    alert: 'MailminuteCertificateExpiring',
    series: { [notAfter]: '88200x20' },
    minute: 20,
    labels: imap,
    summary: 'The certificate of imap of acme expires in 1d 0h 10m 0s',
  },
  {
    what: 'that a certificate has expired',
    alert: 'MailminuteCertificateExpiring',
    series: { [notAfter]: '60x20' },
    minute: 20,
    labels: imap,
    summary: 'The certificate of imap of acme has expired',
  },
  {
    what: 'which daemon is not scraped',
    alert: 'MailminuteDown',
    series: { 'up{job="mailminute",instance="here:9925"}': '0x9' },
    minute: 5,
    labels: { job: 'mailminute', instance: 'here:9925', severity: 'critical' },
    summary: 'mailminute at here:9925 is not scraped',
  },
  {
    what: 'that nobody has told Prometheus of a daemon',
    alert: 'MailminuteDown',
    series: { 'up{job="other"}': '1x9' },
    minute: 5,
    labels: { job: 'mailminute', severity: 'critical' },
    summary: 'mailminute is not scraped',
  },
];

for (const { what, alert, series, minute, labels, summary, description } of cases)
  test(`${alert} says ${what}`, { skip }, async () => {
    const expected = (words: string) => [
      {
        interval: '1m',
        input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
        alert_rule_test: [
          {
            alertname: alert,
            eval_time: `${minute}m`,
            exp_alerts: [
              {
                exp_labels: labels,
                exp_annotations: {
                  summary: words,
                  description: description ?? plainDescription(alert),
                  runbook_url: `http://localhost:9925/docs/runbooks/${alert}.md`,
                },
              },
            ],
          },
        ],
      },
    ];
    const { code, output } = await promtoolTests(rules, expected(summary), '1m');
    assert.equal(code, 0, output);
    assert.notEqual((await promtoolTests(rules, expected('other words'), '1m')).code, 0);
  });

function plainDescription(alert: string): string {
  const { groups } = parse(rules) as {
    groups: { rules: { alert?: string; annotations?: { description: string } }[] }[];
  };
  const rule = groups.flatMap((group) => group.rules).find((one) => one.alert === alert);
  return rule?.annotations?.description ?? '';
}
