import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { changes } from './changes.ts';
import { freshLedger } from './fresh-ledger.ts';
import { promtoolTest, run, without } from './promtool.ts';
import { type Situation, situations } from './situations.ts';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'config/prometheus/mailminute.rules.yml');
const text = readFileSync(file, 'utf8');
const skip = without('promtool');

interface Alert {
  readonly alert: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}

const { groups } = parse(text) as { groups: { rules: (Alert | { record: string })[] }[] };
const alerts = groups.flatMap(({ rules }) => rules).filter((rule) => 'alert' in rule);

test('promtool accepts the rules and the configuration of Prometheus', { skip }, async () => {
  const rules = await run('promtool', 'check', 'rules', file);
  assert.equal(rules.code, 0, rules.output);
  const config = await run(
    'promtool',
    'check',
    'config',
    join(root, 'config/prometheus/prometheus.yml'),
  );
  assert.equal(config.code, 0, config.output);
  assert.match(config.output, /mailminute\.rules\.yml/);
});

for (const situation of situations)
  test(`${situation.alert}: ${situation.what}`, { skip }, async () => {
    const { code, output } = await promtoolTest(text, [situation]);
    assert.equal(code, 0, output);
  });

for (const [where, some] of [
  ['a fresh ledger', freshLedger],
  ['a change', changes],
] as const)
  for (const situation of some)
    test(`${where}, ${situation.alert}: ${situation.what}`, { skip }, async () => {
      // Hours, looked at each minute.
      const { code, output } = await promtoolTest(text, [situation], '1m');
      assert.equal(code, 0, output);
    });

test('a fresh ledger alerts somebody if the past is not left out', { skip }, async () => {
  const past = '+ ignoring (bound) group_left () mailminute_period_unwatched';
  assert.ok(text.includes(past));
  const well = freshLedger.filter(({ alert }) => alert === '.+');
  assert.notEqual((await promtoolTest(text.replace(past, ''), well, '1m')).code, 0);
});

test('every alert has a situation in which it fires, is not yet, and is over', () => {
  for (const { alert } of alerts) {
    const own = situations.filter((one) => one.alert === alert && one.fires.length > 0);
    assert.ok(own.length > 0, `${alert} has no situation`);
    const over = own.some(({ fires, quiet }) => {
      const first = Math.min(...fires);
      return quiet.some((at) => at < first) && quiet.some((at) => at > first);
    });
    assert.ok(over, `${alert} is never seen to begin and to end`);
  }
});

test('every alert has a severity, a summary, a description, and a runbook with its name', () => {
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels.severity, /^(critical|warning|info)$/, alert);
    assert.ok(annotations.summary.length > 0 && annotations.description.length > 0, alert);
    assert.equal(annotations.runbook_url.split('/').at(-1), `${alert}.md`);
    const page = join(root, `docs/runbooks/${alert}.md`);
    assert.ok(existsSync(page), page);
    const runbook = readFileSync(page, 'utf8');
    for (const part of ['What it means', 'What to look at', 'What to do'])
      assert.match(runbook, new RegExp(`^## ${part}$`, 'm'), alert);
  }
});

/** What would go unnoticed if these tests could not fail. */
const mutations: readonly (readonly [string, string, string, string])[] = [
  ['MailminuteUnavailableLong', 'for: 3m', 'for: 30m', 'a page that comes late'],
  ['MailminuteUnavailableOften', '>= 5', '>= 6', 'another count of minutes'],
  ['MailminuteBudgetHalfUsed', 'used_ratio >= 0.5', 'used_ratio >= 0.4', 'another share'],
  [
    'MailminuteCoverageFalling',
    '{state="unknown"} > 6',
    '{state="unknown"} > 5',
    'a short beginning',
  ],
  ['MailminuteMessageLost', '[1d] offset 1h', '[1h] offset 1h', 'a gap between the scrapes'],
  ['MailminutePushBudgetUsedUp', 'for: 1h', 'for: 10m', 'a day that ends as planned'],
  ['MailminuteMailboxFilling', '>= 0.9', '>= 0.99', 'a mailbox that is full already'],
  ['MailminuteLocalFault', '>= 0.66', '>= 0.3', 'one control target of three'],
];

for (const [alert, found, changed, what] of mutations)
  test(`the tests of ${alert} go red on ${what}`, { skip }, async () => {
    assert.ok(text.includes(found));
    const broken = text.replaceAll(found, changed);
    const of = (some: readonly Situation[]) => some.filter((one) => one.alert === alert);
    const codes = await Promise.all([
      promtoolTest(broken, of(situations)),
      promtoolTest(broken, of(changes), '1m'),
    ]);
    assert.ok(codes.some(({ code }) => code !== 0));
  });

test('promtool refuses a broken copy of the rules', { skip }, async () => {
  const { code } = await promtoolTest(text.replace('max by (tenant', 'max by (('), situations);
  assert.notEqual(code, 0);
});
