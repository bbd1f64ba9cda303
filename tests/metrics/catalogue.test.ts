import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { depths, protocols } from '../../src/domain/protocol.ts';
import { type PushCounts, pushOutcomes } from '../../src/domain/push.ts';
import { readProcess } from '../../src/metrics/process.ts';
import {
  claimDates,
  failureOf,
  faultFreeDays,
  promising,
  resultOf,
  runOf,
  snapshotOf,
  standard,
  tenantOf,
} from './example.ts';
import { parseExposition } from './exposition.ts';
import { programInPath } from './program.ts';
import { everything, familiesOf, metricsOf, samplesOf } from './scrape.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');

/** The page's examples: each begins at the line's begin, what is indented goes on with it. */
const examples = (page.split('```promql\n')[1] ?? '')
  .replace(/```.*$/s, '')
  .split('\n')
  .filter((line) => !/^(#|$)/.test(line))
  .join('\n')
  .split(/\n(?! )/);

test('the page lists every family, with its type and labels, and no other', async () => {
  const rows = page.matchAll(/^\| `(\w+)` \| (\w+) \|([^|]*)\| [^|]+ \|$/gm);
  const listed = [...rows].map(([, name, type, labels]) => {
    const names = [...(labels ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label);
    return `${name} ${type} ${names.join(',')}`.trim();
  });
  const published = [...(await familiesOf(everything()))].map(([name, rest]) => `${name} ${rest}`);
  assert.deepEqual(listed.toSorted(), published.toSorted());
});

test('the page has an example for every family, and none of a family that there is not', async () => {
  const names = [...(await familiesOf(everything())).keys()];
  const used = examples
    .join('\n')
    .matchAll(/\b(?:mailminute|process|nodejs)_\w+/g)
    .map(([name]) => (names.includes(name) ? name : name.replace(/_(bucket|sum|count)$/, '')));
  assert.deepEqual([...new Set(used)].toSorted(), names.toSorted());
});

test('the names that others build on are there for good', async () => {
  const names = (await familiesOf(everything())).keys();
  const fixed = [
    'build_info',
    'probe_success',
    'probe_runs_total',
    'probe_failures_total',
    'probe_phase_duration_seconds',
    'probe_duration_seconds',
    'delay_seconds',
    'last_result_timestamp_seconds',
    'minutes_total',
    'period_minutes',
    'availability_ratio',
    'unavailable',
    'certificate_not_after_timestamp_seconds',
    'schedule_lag_seconds',
  ].map((name) => `mailminute_${name}`);
  assert.ok(new Set(fixed).isSubsetOf(new Set(names)));
});

test('OpenMetrics has the same series as the text format, with its own name of a counter', async () => {
  const metrics = everything();
  const process = readProcess();
  const text = (await metrics.render({ process })).body;
  const { contentType, body } = await metrics.render({ format: 'openmetrics', process });
  assert.equal(contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
  const samples = (all: string) => all.split('\n').filter((line) => !/^(#|$)/.test(line));
  assert.deepEqual(samples(body), samples(text));
  assert.match(body, /^# TYPE mailminute_probe_runs counter$/m);
  assert.match(body, /\n# EOF\n$/);
  // No empty line, no quote in a help text that is not escaped, one line of each kind a family.
  assert.doesNotMatch(body, /^$(?!\s*$)/m);
  assert.doesNotMatch(body, /^# HELP .*[^\\]"/m);
  const described = (kind: string) => [...body.matchAll(RegExp(`^# ${kind} (\\w+)`, 'gm'))].length;
  assert.equal(described('HELP'), parseExposition(text).types.size);
  assert.equal(described('TYPE'), described('HELP'));
  assert.equal((await metrics.render({ process })).body, text);
});

const routes = {
  outbound: { to: 'probe@sink.example', interval: 300_000 },
  inbound: {
    from: 'a@b.example',
    reports: false,
    helo: 'b.example',
    mx: null,
    interval: 300_000,
    dkim: null,
  },
};

test('a tenant has no more series than the page says', async () => {
  const tenant = tenantOf('acme');
  const metrics = metricsOf(tenant);
  const count = async (label: string) =>
    (await samplesOf(metrics)).filter(({ labels }) => label in labels).length;
  const atFirst = await count('tenant');
  metrics.setTenants([tenantOf('acme', { routes })]);
  const routed = (await count('tenant')) - atFirst;
  for (const protocol of protocols) {
    for (const depth of depths) {
      metrics.observe(resultOf({ protocol, depth, vouches: depth }));
      metrics.observe(resultOf({ protocol, depth, failure: failureOf('timeout') }));
    }
    for (const route of ['loop', 'inbound'] as const) {
      if (protocol !== 'smtp') metrics.delay({ tenant: 'acme', route, protocol, seconds: 1 });
    }
  }
  metrics.delay({ tenant: 'acme', route: 'outbound', protocol: 'sink', seconds: 1 });
  metrics.claim('acme', 'standard', claimDates(1, 2));
  const { verdicts, measured } = promising();
  const runs = protocols.map((protocol) => runOf(protocol));
  const promised = async (...clauses: string[]): Promise<number> => {
    const promises = clauses.map((clause) => ({
      promise: { ...faultFreeDays, clause },
      verdict: 'met' as const,
    }));
    const snapshot = { measured, verdicts: { ...verdicts, promises }, runs };
    metrics.ledger('acme', standard, snapshotOf({}, {}, snapshot));
    return count('tenant');
  };
  const [one, two] = [await promised('T4.14'), await promised('T4.14', 'T4.15')];
  metrics.own.looked([{ target: 'one.example.net:443', ok: true, endedAt: 1 }]);
  const others = (await samplesOf(metrics)).length - two - (await count('target'));
  const [, ...stated] =
    /has \*\*(\d+)\*\* series from the start, \*\*(\d+)\*\* more with both routes, and at most \*\*(\d+)\*\*, and \*\*(\d+)\*\* more for each further promise of its contract; a control target has \*\*(\d+)\*\*; all else together has \*\*(\d+)\*\*/.exec(
      page,
    ) ?? [];
  const counted = [atFirst, routed, one - (two - one), two - one, await count('target'), others];
  assert.deepEqual(stated.map(Number), counted);
});

test('a push service has no more series than the page says', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const count = async () => (await samplesOf(metrics)).length;
  const without = await count();
  metrics.setTenants([{ ...tenantOf('acme'), push: {} }]);
  const atFirst = (await count()) - without;
  const outcomes = Object.fromEntries(pushOutcomes.map((one) => [one, 0])) as PushCounts;
  const nothing = { counts: [], bounces: [], oldestPending: [] };
  metrics.messages('acme', { ...nothing, push: null }, 0);
  const before = await count();
  metrics.messages('acme', { ...nothing, push: { counts: outcomes, budget: 9, left: 9 } }, 0);
  const [, ...stated] = /a push service \*\*(\d+)\*\* and \*\*(\d+)\*\* more/.exec(page) ?? [];
  assert.deepEqual(stated.map(Number), [atFirst, (await count()) - before]);
  metrics.messages('acme', { ...nothing, push: null }, 0);
  assert.equal(await count(), before);
});

const promtool = programInPath('promtool');
const skip = promtool === null && !process.env.CI ? 'promtool is not installed' : false;
test('promtool accepts the format and remarks on the two counts of minutes only', {
  skip,
}, async () => {
  // It takes "minutes" for a unit of time; here a minute is what is counted. Both names are promised.
  assert.deepEqual(await check(['metrics'], (await everything().render()).body), [
    'mailminute_minutes_total use base unit "seconds" instead of "minutes"',
    'mailminute_period_minutes use base unit "seconds" instead of "minutes"',
  ]);
  assert.match((await check(['metrics'], 'mailminute_x{tenant=acme} 1\n')).join(), /error while/);
});

test('promtool accepts every example of the page', { skip }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'mailminute-examples-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const checked = async (queries: readonly string[]): Promise<string> => {
    const rules = queries.map((expr, index) => ({ record: `example:${index}`, expr }));
    const file = join(directory, 'examples.yml');
    // JSON is YAML too.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'examples', rules }] }));
    return (await check(['rules', file])).join('\n');
  };
  assert.match(await checked(examples), new RegExp(`SUCCESS: ${examples.length} rules found`));
  assert.match(await checked([...examples, 'mailminute_unavailable ==']), /could not parse/);
});

/** The lines that `promtool check` writes. */
async function check(args: readonly string[], input = ''): Promise<string[]> {
  assert.ok(promtool, 'promtool must be installed where CI is set (Debian package prometheus)');
  return new Promise((resolve) => {
    const options = { timeout: 20_000 };
    const child = execFile(promtool, ['check', ...args], options, (_error, out, err) =>
      resolve(`${out}${err}`.split('\n').filter((line) => line !== '')),
    );
    child.stdin?.end(input);
  });
}
