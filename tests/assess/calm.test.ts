import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openAssessor } from '../../src/assess/assess.ts';
import { openCases } from '../../src/assess/case.ts';
import type { Judgement } from '../../src/domain/case.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { judge } from '../../src/domain/judge.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { controlStore } from '../../src/store/controls.ts';
import { exclusionStore } from '../../src/store/exclusions.ts';
import { incidentStore } from '../../src/store/incidents.ts';
import { ledgerStore } from '../../src/store/ledger.ts';
import { mailboxStore } from '../../src/store/mailboxes.ts';
import { messageStore } from '../../src/store/messages.ts';
import { type Connection, openDatabase } from '../../src/store/open.ts';
import { reattributionStore } from '../../src/store/reattributions.ts';
import { keyOf } from '../../src/store/runs.ts';
import { write } from '../store/example.ts';
import {
  type Episode,
  episodes,
  pace,
  reachingBack,
  resultsOf,
  terms,
  watched,
} from './arbitrary-evidence.ts';
import { ledgerOf, minute, sumsAreTrue, tenant } from './example.ts';

const runs = Number(process.env.MAILMINUTE_CALM_RUNS ?? 30);
const duration = 7 * 60 * minute;
/** Some schedules reach across the end of a day, of a month, and the clocks' change. */
const starts = [
  '2026-10-14T02:00:00Z',
  '2026-09-30T12:00:30Z',
  '2026-10-24T22:00:00Z',
  '2026-10-31T21:13:07Z',
].map((text) => Date.parse(text));

const moment = fc.integer({ min: 0, max: duration });
const stretch = (longest: number) =>
  fc
    .tuple(moment, fc.integer({ min: 1, max: longest }))
    .map(([from, length]) => ({ from, to: from + length }));

/** A second mailbox from `since` on, with troubles of its own. */
interface Second {
  readonly since: number;
  readonly befalls: readonly Episode[];
}

const drawn = fc.record({
  start: fc.constantFrom(...starts),
  terms,
  pace,
  befalls: episodes(duration),
  pauses: fc.array(stretch(3 * minute), { maxLength: 2 }),
  excluded: fc.array(stretch(60 * minute), { maxLength: 2 }),
  shut: fc.array(stretch(10 * minute), { maxLength: 1 }),
  words: fc.array(
    fc.record({
      protocol: fc.constantFrom(...watched),
      instant: moment,
      attribution: fc.constantFrom('customer' as const, 'provider' as const, 'local' as const),
    }),
    { maxLength: 2 },
  ),
  second: fc.constant<Second | null>(null),
  awaited: fc.option(fc.integer({ min: duration - 3 * 60 * minute, max: duration })),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer One> ? One : never;

const by = { author: 'ops', note: null, evidence: null };

const addresses = ['one@acme.example', 'two@acme.example'];

function resultsFor(start: number, { befalls, pace, second }: Omit<Drawn, 'start'>): ProbeResult[] {
  const first = resultsOf(start, duration, befalls, pace);
  if (second === null) return first;
  const since = start + second.since;
  const named = first.map((one) =>
    one.endedAt < since ? one : { ...one, mailbox: 'one@acme.example' },
  );
  const other = resultsOf(start, duration, second.befalls, { ...pace, seed: pace.seed + 1 })
    .filter(({ startedAt }) => startedAt >= since)
    .map((one) => ({ ...one, mailbox: 'two@acme.example' }));
  return [...named, ...other].sort((a, b) => a.endedAt - b.endedAt);
}

/** Writes all of it as the daemon does. */
function fill(connection: Connection, { start, ...given }: Drawn): void {
  const shifted = ({ from, to }: { from: number; to: number }) => ({
    from: start + from,
    to: start + to,
  });
  connection.transaction(() => write(connection, ...resultsFor(start, given)))();
  if (given.second !== null)
    mailboxStore(connection).begin(tenant.name, addresses, start + given.second.since);
  for (const pause of given.pauses)
    incidentStore(connection).record({ kind: 'pause', ...shifted(pause), detail: 'a test' });
  for (const time of given.excluded)
    exclusionStore(connection).add({
      ...by,
      ...shifted(time),
      tenant: tenant.name,
      enteredAt: start,
      kind: 'maintenance',
      notifiedAt: start - minute,
      approvedBy: null,
      source: 'ticket 7',
    });
  for (const word of given.words)
    reattributionStore(connection).add({
      ...by,
      ...word,
      tenant: tenant.name,
      instant: start + word.instant,
      enteredAt: start,
    });
  for (const shut of given.shut)
    for (let at = shut.from; at < shut.to; at += 10_000)
      controlStore(connection).record(
        ['one:443', 'two:993', 'three:25'].map((target) => ({
          target,
          startedAt: start + at,
          endedAt: start + at + 5_000,
          monotonicStart: at * 1000,
          monotonicEnd: (at + 5_000) * 1000,
          ok: false,
          reason: 'timeout' as const,
          address: null,
          connectMicroseconds: null,
        })),
      );
  if (given.awaited === null) return;
  const acceptedAt = start + given.awaited;
  messageStore(connection).sent(tenant.name, 'token', acceptedAt - 100, acceptedAt);
}

/** The plain way: every result is read, and all of it is judged at once. */
function judgedAtOnce(connection: Connection, terms: Contract, from: number, now: number) {
  const cases = openCases(connection);
  return judge(cases.caseOf(tenant, terms, { from, to: now }, cases.awaited(tenant, now)));
}

/** What the ledger should hold: what is final, and the runs that ended in it. */
function expected({ minutes, bare, runs, finalUntil }: Judgement) {
  return {
    until: finalUntil,
    minutes: [...minutes]
      .filter(([minute]) => minute < finalUntil)
      .map(([minute, state]) => `${minute} ${state} ${bare.get(minute)}`),
    runs: runs
      .filter(({ open, possible }) => !open && possible.to < finalUntil)
      .map(keyOf)
      .sort(),
  };
}

function found(connection: Connection, terms: Contract, from: number) {
  const ledger = ledgerStore(connection);
  const until = ledger.progress(tenant.name, terms.name)?.closedUntil ?? from;
  const minutes = ledger.minutes(tenant.name, terms.name, { from: 0, to: Infinity });
  return {
    until,
    minutes: [...minutes].map(([minute, { state, bare }]) => `${minute} ${state} ${bare}`),
    runs: ledger.runs(tenant.name, terms.name, { from: 0, to: 8e15 }).map(keyOf).sort(),
  };
}

/** The ledger that is written of it, and what the screens show before, are those of all evidence at once. */
function compare(one: Drawn): void {
  const connection = openDatabase(':memory:');
  try {
    fill(connection, one);
    const from = Math.floor((one.start + 500) / minute) * minute;
    const now = one.start + duration;
    const plain = judgedAtOnce(connection, one.terms, from, now);
    const assessor = openAssessor(connection);
    const { recent } = assessor.snapshot(tenant, one.terms, '2026-10', now);
    for (const [minute, state] of recent)
      assert.equal(state, plain.minutes.get(minute), `open: ${new Date(minute).toISOString()}`);
    const open = assessor.close(tenant, one.terms, now);
    assert.deepEqual(found(connection, one.terms, from), expected(plain));
    for (const [minute, state] of open?.minutes ?? [])
      assert.equal(state, plain.minutes.get(minute), new Date(minute).toISOString());
    assert.ok(sumsAreTrue(connection));
  } finally {
    connection.close();
  }
}

test('what is left unread changes nothing: the ledger is that of all evidence judged at once', () => {
  fc.assert(fc.property(drawn, compare), { numRuns: runs, endOnFailure: true });
});

const reaching = fc.tuple(drawn, reachingBack(duration)).map(([one, befalls]) => ({
  ...one,
  befalls: [...one.befalls, ...befalls],
}));

test('a run that reaches far back into calm time takes it along', () => {
  fc.assert(fc.property(reaching, compare), { numRuns: Math.ceil(runs / 3), endOnFailure: true });
});

test('closed while time goes on, no minute is closed that a later failure still claims', () => {
  const looks = fc.array(moment, { maxLength: 6 });
  const closes = (one: Drawn, looks: readonly number[]) => {
    const connection = openDatabase(':memory:');
    try {
      fill(connection, one);
      const from = Math.floor((one.start + 500) / minute) * minute;
      const assessor = openAssessor(connection);
      // The moments before something begins are those at which too much could be closed.
      const all = [...looks, ...one.befalls.map((befalls) => befalls.from), duration];
      for (const look of all.filter((at) => at <= duration).sort((a, b) => a - b))
        assessor.close(tenant, one.terms, one.start + look);
      const plain = judgedAtOnce(connection, one.terms, from, one.start + duration);
      const { until, minutes, runs } = found(connection, one.terms, from);
      // A silence that was closed as unknown may be farther than all evidence at once would be.
      const finalUntil = Math.max(until, plain.finalUntil);
      assert.ok(until >= plain.finalUntil);
      const whole = expected({ ...plain, finalUntil });
      assert.deepEqual(minutes, whole.minutes);
      assert.deepEqual(runs, whole.runs);
    } finally {
      connection.close();
    }
  };
  fc.assert(fc.property(reaching, looks, closes), {
    numRuns: Math.ceil(runs / 2),
    endOnFailure: true,
  });
});

test('of several mailboxes each is calm by itself', () => {
  const second = fc.record({ since: moment, befalls: episodes(duration) });
  const several = fc.tuple(drawn, second).map(([one, second]) => ({ ...one, second }));
  fc.assert(fc.property(several, compare), { numRuns: Math.ceil(runs / 2), endOnFailure: true });
});

test('judged anew in any part, it stays the same', async () => {
  await fc.assert(
    fc.asyncProperty(drawn, stretch(duration), moment, async (one, part, early) => {
      const connection = openDatabase(':memory:');
      try {
        fill(connection, { ...one, awaited: null });
        const now = one.start + duration;
        const assessor = openAssessor(connection);
        assessor.close(tenant, one.terms, one.start + early);
        assessor.close(tenant, one.terms, now);
        const before = ledgerOf(connection);
        for (const within of [
          { from: one.start + part.from, to: one.start + part.to },
          { from: -Infinity, to: Infinity },
        ])
          await assessor.rejudge(tenant, one.terms, within, {
            now,
            cause: 'a test',
            turn: async () => {},
          });
        assert.deepEqual(ledgerOf(connection), before);
      } finally {
        connection.close();
      }
    }),
    { numRuns: Math.ceil(runs / 3), endOnFailure: true },
  );
});
