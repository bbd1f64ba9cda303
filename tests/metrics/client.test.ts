import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { type ClientPorts, MetricsClient } from '../../src/metrics/client.ts';
import { plainResult, plainSnapshot, plainTenant, plainTerms } from '../../src/metrics/plain.ts';
import type { Exposition, Wanted } from '../../src/metrics/thread-messages.ts';
import {
  failureOf,
  promising,
  resultOf,
  runOf,
  snapshotOf,
  standard,
  tenantOf,
} from './example.ts';
import { parseExposition } from './exposition.ts';
import { everything, observeEverything } from './scrape.ts';

const text: Wanted = { format: 'text', gzip: false };
const build = { version: '1.2.3', nodeVersion: 'v24.0.0' };

/** A client with the real thread, or with another program on it; ends with the test. */
function clientOf(
  context: { after: (end: () => Promise<void>) => void },
  ports: Partial<ClientPorts> = {},
) {
  const faults: string[] = [];
  const onFault = (fault: string): void => {
    faults.push(fault);
  };
  const client = new MetricsClient(build, { allowance: 60_000, onFault, ...ports });
  context.after(() => client.stop());
  return { client, faults };
}

async function rendered(client: MetricsClient, wanted = text): Promise<Exposition> {
  const answer = await client.render(wanted);
  if ('unavailable' in answer) throw new Error(answer.unavailable);
  return answer;
}

const bodyOf = async (client: MetricsClient): Promise<string> =>
  new TextDecoder().decode((await rendered(client)).body);

/** Without what differs from moment to moment. */
const steady = (body: string): string[] =>
  body.split('\n').filter((line) => !/^(process|nodejs)_/.test(line));

const programOf = (source: string): URL => new URL(`data:text/javascript,${encodeURI(source)}`);
const worker = new URL('../../src/metrics/worker.ts', import.meta.url).href;
/** The real program, which breaks when a lag of 17 s is observed. */
const breakable = programOf(
  `await import('${worker}');
   const { parentPort } = await import('node:worker_threads');
   parentPort.on('message', ({ call }) => { if (call?.[1] === 17) throw new Error('out of order'); });`,
);
const mute = programOf('setInterval(() => {}, 1000)');

test('what was told to the thread is what it renders, as if it were in one piece', async (t) => {
  const { client, faults } = clientOf(t);
  observeEverything(client);
  assert.deepEqual(steady(await bodyOf(client)), steady((await everything().render()).body));
  assert.deepEqual(faults, []);
});

test('compressed and as OpenMetrics it is the same, and ends with its mark', async (t) => {
  const { client } = clientOf(t);
  observeEverything(client);
  const { contentType, contentEncoding, body } = await rendered(client, {
    format: 'openmetrics',
    gzip: true,
  });
  assert.match(contentType, /^application\/openmetrics-text; version=1\.0\.0/);
  assert.equal(contentEncoding, 'gzip');
  const lines = gunzipSync(body).toString().split('\n');
  assert.deepEqual(lines.slice(-2), ['# EOF', '']);
  const samples = (all: string[]) => steady(all.filter((line) => !/^(#|$)/.test(line)).join('\n'));
  assert.deepEqual(samples(lines), samples((await bodyOf(client)).split('\n')));
});

test('of the process the start and the heap of the main thread are shown', async (t) => {
  const { client } = clientOf(t);
  const ballast = new Array(8_000_000).fill(0.5);
  const { samples } = parseExposition(await bodyOf(client));
  const value = (name: string) => samples.find((one) => one.name === name)?.value ?? 0;
  assert.equal(value('process_start_time_seconds'), Math.round(performance.timeOrigin) / 1000);
  assert.ok(value('nodejs_heap_size_used_bytes') > 8 * ballast.length);
  assert.ok(value('process_cpu_seconds_total') > 0);
  assert.ok(value('process_resident_memory_bytes') > value('nodejs_heap_size_used_bytes'));
});

test('scrapes at the same time share one rendering, and a later one has what happened since', async (t) => {
  const { client } = clientOf(t);
  const [first, second, other] = await Promise.all([
    rendered(client),
    rendered(client),
    rendered(client, { format: 'openmetrics', gzip: false }),
  ]);
  assert.equal(first.body, second.body);
  assert.notEqual(first.body, other.body);
  client.lag(0.25);
  assert.match(await bodyOf(client), /^mailminute_schedule_lag_seconds 0.25$/m);
});

test('no secret, address, transcript or text of a server is handed to the thread', () => {
  const failed = resultOf({ failure: failureOf('timeout'), transcript: 'S: secret' });
  const snapshot = snapshotOf({}, {}, { runs: [runOf('imap')], ...promising() });
  const handed = [
    plainTenant(tenantOf('acme')),
    plainResult(failed),
    plainTerms(standard),
    plainSnapshot(snapshot),
  ];
  const words = JSON.stringify(structuredClone(handed));
  for (const word of ['never shown', '@', 'secret', 'HOSTILE', 'must not be', '127.0.0.1'])
    assert.ok(!words.includes(word), word);
});

test('a thread that breaks is told of, answers for with a reason, and followed by a new one with the same tenants', async (t) => {
  const { client, faults } = clientOf(t, { program: breakable });
  client.setTenants([tenantOf('acme')]);
  client.own.configured(1_790_000_000_000);
  client.own.configured(null);
  client.observe(resultOf());
  assert.match(await bodyOf(client), /runs_total\{.*protocol="imap",depth="roundtrip"\} 1/);
  client.lag(17);
  const cut = await client.render(text);
  assert.ok('unavailable' in cut);
  assert.match(cut.unavailable, /started anew within 1 s: it ended: out of order/);
  assert.deepEqual(faults, [cut.unavailable]);
  assert.deepEqual(await client.render(text), cut);
  client.observe(resultOf());
  await until(async () => !('unavailable' in (await client.render(text))));
  assert.match(await bodyOf(client), /^mailminute_config_last_reload_successful 0$/m);
  assert.match(await bodyOf(client), /_reload_success_timestamp_seconds 1790000000$/m);
  assert.match(await bodyOf(client), /runs_total\{.*protocol="imap",depth="roundtrip"\} 0/);
});

test('a program that cannot even begin is a reason too', async (t) => {
  const { client } = clientOf(t, { program: programOf('throw new Error("cannot begin")') });
  const answer = await client.render(text);
  assert.match('unavailable' in answer ? answer.unavailable : '', /cannot begin/);
});

test('a thread that does not answer holds a scrape up for the allowance and no longer', async (t) => {
  const { client } = clientOf(t, { program: mute, allowance: 50 });
  const answers = await Promise.all([client.render(text), client.render(text)]);
  const unavailable = 'the metrics were not rendered within 0.05 s';
  assert.deepEqual(answers, [{ unavailable }, { unavailable }]);
});

test('what waits for a thread that writes nothing is bounded: the thread is replaced', async (t) => {
  const { client, faults } = clientOf(t, { program: mute });
  for (let count = 0; count < 25_000; count += 1) client.lag(count);
  assert.equal(faults.length, 1);
  assert.match(faults.join(), /left 20000 observations unwritten/);
});

test('a thread that writes what it is told is not replaced, however much that is in the end', async (t) => {
  const { client, faults } = clientOf(t);
  for (let count = 0; count < 45_000; count += 1) {
    client.lag(count);
    if (count % 15_000 === 0) await rendered(client);
  }
  assert.match(await bodyOf(client), /^mailminute_schedule_lag_seconds 44999$/m);
  assert.deepEqual(faults, []);
});

test('after the end a scrape is answered, with the reason', async (t) => {
  const { client } = clientOf(t);
  await client.stop();
  client.lag(1);
  assert.deepEqual(await client.render(text), { unavailable: 'mailminute is stopping' });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let count = 0; count < 300; count += 1) {
    if (await isSo()) return;
    await sleep(100);
  }
  assert.fail('it did not come to pass within 30 s');
}
