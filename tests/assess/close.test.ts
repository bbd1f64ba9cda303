import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openAssessor } from '../../src/assess/assess.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { incidentStore } from '../../src/store/incidents.ts';
import { openJournal } from '../../src/store/journal.ts';
import { messageStore } from '../../src/store/messages.ts';
import { type Connection, openDatabase } from '../../src/store/open.ts';
import { fastDatabase, resultOf, temporaryFolder, write } from '../store/example.ts';
import type { Outage } from '../support/simulation.ts';
import { contract, ledgerOf, minute, resultsOf, strip, sumsAreTrue, tenant } from './example.ts';

/** A whole minute in the middle of a month. */
const start = Date.parse('2026-10-14T00:00:00Z');
const length = 30 * minute;

const outages: readonly Outage[] = [
  { protocol: 'imap', kind: 'refused', depth: 'connect', from: 310_000, to: 502_000 },
  { protocol: 'pop', kind: 'hung', depth: 'login', from: 420_000, to: 640_000 },
  { protocol: 'smtp', kind: 'refused', depth: 'connect', from: 1_000_000, to: 1_010_000 },
];

function assess(connection: Connection, now: number): void {
  openAssessor(connection).close(tenant, contract, now);
}

/** Stores results as they end, and has the assessor called at these times (ms since the start). */
function live(
  connection: Connection,
  results: readonly ProbeResult[],
  calls: readonly number[],
): void {
  const journal = openJournal(connection, () => {});
  const assessor = openAssessor(connection);
  let next = 0;
  for (const now of calls) {
    for (let one = results[next]; one && one.endedAt <= start + now; one = results[++next])
      journal.append(one);
    assessor.close(tenant, contract, start + now);
  }
}

test('minutes are closed once nothing can change them; the first was not watched from its start', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, ...resultsOf(start, length, outages));
  assess(connection, start + length);
  assert.match(strip(connection), /^\?\.{4}U{5}[ds]{1,2}\.{4,5}d\.{10,}$/);
  assert.ok(sumsAreTrue(connection));
  assert.equal(ledgerOf(connection).runs.length, 3);
});

test('what ended a moment ago is not closed yet', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, ...resultsOf(start, length, []));
  assess(connection, start + length);
  const { closed_until: until } = ledgerOf(connection).progress[0] as { closed_until: number };
  assert.ok(until <= start + length - tenant.attemptDeadline);
  assert.ok(until >= start + length - 3 * minute);
});

test('called again at the same time, it changes nothing', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, ...resultsOf(start, length, outages));
  assess(connection, start + length);
  const once = ledgerOf(connection);
  assess(connection, start + length);
  assert.deepEqual(ledgerOf(connection), once);
});

test('called every second, or once at the end, it writes the same ledger, runs once each', (t) => {
  const results = resultsOf(start, length, outages);
  const end = 14 * minute;
  const everySecond = Array.from({ length: end / 1_000 }, (_, index) => (index + 1) * 1_000);
  const { connection: often } = fastDatabase(t);
  live(often, results, everySecond);
  const { connection: once } = fastDatabase(t);
  live(once, results, [end]);
  assert.equal(ledgerOf(often).runs.length, 2);
  assert.deepEqual(ledgerOf(often), ledgerOf(once));
  assert.ok(sumsAreTrue(often));
});

test('whatever the outages and the calls, the ledger is that of one call at the end', () => {
  const outage = fc
    .record({
      protocol: fc.constantFrom('smtp' as const, 'imap' as const, 'pop' as const),
      kind: fc.constantFrom('refused' as const, 'hung' as const),
      depth: fc.constantFrom('connect' as const, 'login' as const),
      from: fc.integer({ min: 0, max: 20 * minute }),
      length: fc.integer({ min: 1_000, max: 6 * minute }),
    })
    .map(({ length: lasts, ...rest }) => ({ ...rest, to: rest.from + lasts }));
  const call = fc.integer({ min: 1, max: length });
  fc.assert(
    fc.property(
      fc.array(outage, { maxLength: 4 }),
      fc.array(call, { minLength: 5, maxLength: 40 }),
      (drawn, calls) => {
        const results = resultsOf(start, length, drawn);
        const [often, once] = [openDatabase(':memory:'), openDatabase(':memory:')];
        live(often, results, [...calls.toSorted((a, b) => a - b), length]);
        live(once, results, [length]);
        assert.deepEqual(ledgerOf(often), ledgerOf(once));
        assert.ok(sumsAreTrue(often));
        often.close();
        once.close();
      },
    ),
    { numRuns: 15 },
  );
});

test('a restart goes on where the ledger ended; the gap is unknown', (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  const down = [{ from: 10 * minute, to: 15 * minute }];
  const results = resultsOf(start, length, [], { down });
  const first = openDatabase(path);
  live(
    first,
    results.filter((one) => one.endedAt <= start + 10 * minute),
    [5 * minute, 10 * minute],
  );
  const before = strip(first);
  first.close();
  const second = openDatabase(path);
  t.after(() => second.close());
  live(
    second,
    results.filter((one) => one.endedAt > start + 10 * minute),
    [15 * minute, 20 * minute, length],
  );
  assert.ok(before.length >= 7 && strip(second).startsWith(before));
  assert.match(strip(second), /^\?\.{8}\?{5,7}\.{10,}$/);
  assert.ok(sumsAreTrue(second));
});

test('an empty database is no fault, and stays empty', (t) => {
  const { connection } = fastDatabase(t);
  assess(connection, start);
  assert.deepEqual(ledgerOf(connection), { minutes: [], counts: [], runs: [], progress: [] });
});

test('a clock that went back changes nothing, and closing goes on once it has caught up', (t) => {
  const results = resultsOf(start, length, outages);
  const { connection } = fastDatabase(t);
  live(connection, results, [12 * minute]);
  const before = ledgerOf(connection);
  for (const now of [11 * minute, 5 * minute, 0, -60 * minute]) assess(connection, start + now);
  assert.deepEqual(ledgerOf(connection), before);
  const { connection: straight } = fastDatabase(t);
  live(straight, results, [length]);
  write(connection, ...results.filter((one) => one.endedAt > start + 12 * minute));
  assess(connection, start + length);
  assert.deepEqual(ledgerOf(connection), ledgerOf(straight));
});

test('minutes are held back while a message of theirs is still awaited', (t) => {
  const { connection } = fastDatabase(t);
  const sentAt = start + 10 * minute;
  write(connection, ...resultsOf(start, length, []));
  const messages = messageStore(connection);
  messages.sent('acme', 'a', sentAt, sentAt + 500);
  messages.seen('imap', { token: 'a', lastNotSeen: null, firstSeen: sentAt + 900 });
  assess(connection, start + length);
  assert.equal(strip(connection).length, 10);
  messages.seen('pop', { token: 'a', lastNotSeen: null, firstSeen: sentAt + 5 * minute });
  assess(connection, start + length);
  assert.ok(strip(connection).length > 25);
});

test('a message that a newer one has overtaken, that is removed, or a day old, holds nothing back', (t) => {
  const { connection } = fastDatabase(t);
  const now = start + length;
  write(connection, ...resultsOf(start, length, []));
  const messages = messageStore(connection);
  messages.sent('acme', 'lost', start + 5 * minute, start + 5 * minute);
  messages.sent('acme', 'newer', start + 6 * minute, start + 6 * minute);
  for (const protocol of ['imap', 'pop'] as const)
    messages.seen(protocol, { token: 'newer', lastNotSeen: null, firstSeen: start + 7 * minute });
  messages.sent('acme', 'removed', start + 8 * minute, start + 8 * minute);
  messages.removed('removed', start + 9 * minute);
  messages.sent('acme', 'ancient', now - 1_441 * minute, now - 1_441 * minute);
  assess(connection, now);
  assert.ok(strip(connection).length > 25);
});

test('minutes of a pause of our own are unknown, and failures seen then are no outage', (t) => {
  const { connection } = fastDatabase(t);
  incidentStore(connection).record({
    kind: 'pause',
    from: start + 300_000,
    to: start + 660_000,
    detail: '',
  });
  write(connection, ...resultsOf(start, length, outages.slice(0, 2)));
  assess(connection, start + length);
  assert.match(strip(connection), /^\?\.{3,4}\?{6,8}\.+$/);
});

test('tenants and contracts have ledgers of their own', (t) => {
  const { connection } = fastDatabase(t);
  const results = resultsOf(start, length, outages);
  write(
    connection,
    ...results,
    ...resultsOf(start, length, []).map((one) => ({ ...one, tenant: 'other' })),
  );
  const assessor = openAssessor(connection);
  const lenient = { ...contract, name: 'lenient', threshold: 10 * minute };
  assessor.close(tenant, contract, start + length);
  assessor.close(tenant, lenient, start + length);
  assessor.close({ ...tenant, name: 'other' }, contract, start + length);
  const unavailable = connection.prepare(
    "SELECT tenant, contract FROM minute WHERE state = 'unavailable' GROUP BY 1, 2",
  );
  assert.deepEqual(unavailable.all(), [{ tenant: 'acme', contract: 'plain' }]);
  assert.equal(ledgerOf(connection).progress.length, 3);
});

test('a protocol that the contract does not name is not judged', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, ...resultsOf(start, length, outages));
  const narrow = { ...contract, protocols: ['smtp' as const] };
  openAssessor(connection).close(tenant, narrow, start + length);
  assert.ok(!strip(connection).includes('U'));
});

test('a single result opens a ledger, and what no evidence follows is unknown', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, resultOf({ endedAt: start + 30_000 }));
  assess(connection, start + 10 * minute);
  assert.match(strip(connection), /^\?{8,9}$/);
});
