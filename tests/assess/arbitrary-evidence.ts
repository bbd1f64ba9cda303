import fc from 'fast-check';
import type { Contract } from '../../src/domain/contract.ts';
import { type Depth, depths, type Phase, type Protocol } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { contract, minute } from './example.ts';

export const watched = ['smtp', 'imap', 'pop'] as const;
/** So much is all well at first, and every depth is proven once, ms. */
const wellFor = 4 * minute;

const kinds = {
  refused: ['connect', 'tcp', 'connection-refused'],
  hung: ['connect', 'greeting', 'timeout'],
  'login-hung': ['login', 'auth', 'timeout'],
  'login-refused': ['login', 'auth', 'temporary-error'],
  password: ['login', 'auth', 'auth-refused'],
  throttled: ['login', 'auth', 'throttled'],
  full: ['roundtrip', 'accept', 'mailbox-full'],
  rejected: ['roundtrip', 'rcpt', 'rejected'],
  'no-route': ['connect', 'tcp', 'no-route'],
} as const satisfies Record<string, readonly [Depth, Phase, Reason]>;
type Kind = keyof typeof kinds;

/** What befalls one protocol over a stretch of time; ms since the start. */
export interface Episode {
  readonly kind: Kind | 'down' | 'shallow' | 'unsent' | 'stepped' | 'missing';
  readonly protocols: readonly Protocol[];
  readonly from: number;
  readonly to: number;
}

/** Mostly short, some long enough to reach across days. */
export function episodes(duration: number): fc.Arbitrary<Episode[]> {
  const one = fc
    .record({
      kind: fc.constantFrom<Episode['kind']>(
        ...(Object.keys(kinds) as Kind[]),
        'down',
        'stepped',
        'missing',
      ),
      protocols: fc.subarray([...watched], { minLength: 1 }),
      from: fc.integer({ min: wellFor, max: duration }),
      length: fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1_000, max: 5 * minute }) },
        { weight: 1, arbitrary: fc.integer({ min: 5 * minute, max: 90 * minute }) },
      ),
    })
    .map(({ length, ...plain }) => ({ ...plain, to: plain.from + length }));
  return fc.array(one, { maxLength: 6 });
}

/** Nothing but shallow proofs for a while, and then a failure: its run reaches back to before all of that. */
export function reachingBack(duration: number): fc.Arbitrary<Episode[]> {
  return fc
    .record({
      protocols: fc.subarray([...watched], { minLength: 1 }),
      from: fc.integer({ min: 180 * minute, max: duration - 10 * minute }),
      length: fc.integer({ min: 1_000, max: 20 * minute }),
      pause: fc.integer({ min: minute, max: 170 * minute }),
      kinds: fc.constantFrom(
        ['unsent', 'rejected'] as const,
        ['unsent', 'full'] as const,
        ['shallow', 'login-refused'] as const,
      ),
    })
    .map(({ protocols, from, length, pause, kinds: [quiet, kind] }) => [
      { kind: quiet, protocols, from: from - pause, to: from },
      { kind, protocols, from, to: from + length },
    ]);
}

export const terms: fc.Arbitrary<Contract> = fc
  .record({
    threshold: fc.constantFrom(minute, 2 * minute, 5 * minute),
    depth: fc.constantFrom(...depths),
    combination: fc.constantFrom('any' as const, 'all' as const, 'cross' as const),
    protocols: fc.subarray([...watched], { minLength: 1 }),
  })
  .map((drawn) => ({
    ...contract,
    ...drawn,
    maintenance: { rule: 'notified' as const, notice: 0, yearlyCap: null },
  }));

export const pace = fc.record({
  connect: fc.integer({ min: 15_000, max: 30_000 }),
  roundtrip: fc.integer({ min: 40_000, max: 58_000 }),
  seed: fc.integer(),
});
export type Pace = typeof pace extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** What would be stored of it, from `start` on, in the order of storing. */
export function resultsOf(
  start: number,
  duration: number,
  befalls: readonly Episode[],
  given: Pace,
): ProbeResult[] {
  let state = given.seed >>> 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const results: ProbeResult[] = [];
  for (const [index, protocol] of watched.entries()) {
    const own = befalls.filter(({ protocols }) => protocols.includes(protocol));
    for (const [period, depth] of [
      [given.connect, 'connect'],
      [given.roundtrip, 'roundtrip'],
    ] as const)
      for (let at = 1_000 * index + 500; at < duration; at += period * (0.95 + 0.1 * random())) {
        const now = own.filter(({ from, to }) => from <= at && at < to);
        const result = resultAt(start, Math.round(at), protocol, depth, now, random);
        if (result !== null && result.endedAt <= start + duration) results.push(result);
      }
  }
  return results.sort((a, b) => a.endedAt - b.endedAt);
}

function resultAt(
  start: number,
  at: number,
  protocol: Protocol,
  wished: Depth,
  now: readonly Episode[],
  random: () => number,
): ProbeResult | null {
  const has = (kind: Episode['kind']) => now.find((one) => one.kind === kind);
  if (has('down')) return null;
  const depth: Depth = has('shallow') ? 'connect' : wished;
  const startedAt = start + at;
  const hit = now.find(({ kind }) => kind in kinds && reachedBy(kinds[kind as Kind], depth));
  const symptom = hit === undefined ? null : kinds[hit.kind as Kind];
  const silent = symptom?.[2] === 'timeout';
  const endedAt = startedAt + (silent ? 30_000 : Math.round(20 + 400 * random()));
  const stepped = has('stepped') ? Math.round((random() - 0.5) * 4_000) : 0;
  const plain = {
    protocol,
    depth,
    startedAt,
    endedAt,
    monotonicStart: at * 1000,
    monotonicEnd: (at + endedAt - startedAt + stepped) * 1000,
  };
  const missing = has('missing');
  if (symptom === null && missing && depth === 'roundtrip' && protocol !== 'smtp') {
    // A message accepted just before is missed for as long as it lasts.
    const since = start + missing.from;
    if (endedAt <= since) return resultOf({ ...plain, vouches: 'login' });
    const failure = failureOf({
      phase: 'visible',
      reason: 'not-delivered',
      kind: 'silence',
      provenFrom: since,
      provenTo: endedAt,
    });
    return resultOf({ ...plain, failure, vouches: 'login' });
  }
  // Without a message of its own a reader proves a login.
  const proven = has('unsent') && depth === 'roundtrip' ? 'login' : depth;
  if (symptom === null) return resultOf({ ...plain, vouches: proven });
  const [, phase, reason] = symptom;
  const failure = failureOf({
    phase,
    reason,
    kind: silent ? 'silence' : 'refusal',
    provenFrom: silent ? startedAt + 10 : endedAt,
    provenTo: endedAt,
  });
  return resultOf({ ...plain, failure });
}

function reachedBy([struck]: readonly [Depth, Phase, Reason], depth: Depth): boolean {
  return depths.indexOf(depth) >= depths.indexOf(struck);
}
