import type { Case, Judgement } from '../../src/domain/case.ts';
import { type Contract, plainTerms } from '../../src/domain/contract.ts';
import type { Attempt } from '../../src/domain/evidence.ts';
import { judge } from '../../src/domain/judge.ts';
import { type MinuteState, minuteStates } from '../../src/domain/ledger.ts';
import type { Depth, Phase, Protocol } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';

export const oneMinute: Contract = {
  ...plainTerms,
  name: 'one-minute',
  title: 'One minute',
  protocols: ['smtp', 'imap', 'pop', 'webmail'],
  combination: 'any',
  threshold: 60_000,
  depth: 'login',
  target: { numerator: 999, denominator: 1000 },
};

/** Instants in these tests are seconds; the judge's are ms. */
export const s = (seconds: number): number => Math.round(seconds * 1000);

export function success(protocol: Protocol, at: number, depth: Depth = 'roundtrip'): Attempt {
  return attempt(protocol, at, at, depth, null);
}

/** A refusal observed at an instant. */
export function refused(
  protocol: Protocol,
  at: number,
  phase: Phase = 'tcp',
  reason: Reason = 'connection-refused',
): Attempt {
  return failed(protocol, at, at, phase, reason);
}

/** A silence over [from, to). */
export function silent(protocol: Protocol, from: number, to: number, phase: Phase = 'tcp') {
  return failed(protocol, from, to, phase, 'timeout');
}

/** A look at `at` that misses a message accepted at `accepted`, with an allowance of 60 s. */
export function undelivered(protocol: Protocol, accepted: number, at: number): Attempt {
  const failure = {
    phase: 'visible' as const,
    reason: 'not-delivered' as const,
    code: null,
    provenFrom: s(accepted + 60),
    provenTo: s(at),
  };
  return { ...attempt(protocol, at, at, 'login', null), failure };
}

function failed(protocol: Protocol, from: number, to: number, phase: Phase, reason: Reason) {
  return attempt(protocol, from, to, null, {
    phase,
    reason,
    code: null,
    provenFrom: s(from),
    provenTo: s(to),
  });
}

function attempt(
  protocol: Protocol,
  from: number,
  to: number,
  vouches: Depth | null,
  failure: Attempt['failure'],
): Attempt {
  return {
    protocol,
    startedAt: s(from),
    endedAt: s(to),
    monotonicStart: s(from) * 1000,
    monotonicEnd: s(to) * 1000,
    vouches,
    failure,
  };
}

/** Healthy logins of a protocol every 25 s over [from, to), seconds. */
export function healthy(protocol: Protocol, from: number, to: number): Attempt[] {
  const attempts: Attempt[] = [];
  for (let at = from; at < to; at += 25) attempts.push(success(protocol, at));
  return attempts;
}

/** Refusals every 5 s over [from, to], seconds. */
export function refusedThrough(protocol: Protocol, from: number, to: number): Attempt[] {
  const attempts: Attempt[] = [];
  for (let at = from; at <= to; at += 5) attempts.push(refused(protocol, at));
  return attempts;
}

export function judged(
  attempts: readonly Attempt[],
  minutes: number,
  given: Partial<Case> = {},
): Judgement {
  const protocols = [...new Set(attempts.map((one) => one.protocol))];
  return judge({
    contract: oneMinute,
    protocols: new Map(protocols.map((protocol) => [protocol, 'roundtrip' as const])),
    stretch: { from: 0, to: minutes * 60_000 },
    attempts,
    pending: new Map(),
    blind: [],
    exclusions: [],
    deliveryAllowance: 60_000,
    settling: 35_000,
    ...given,
  });
}

const letters: Record<MinuteState, string> = {
  available: '.',
  degraded: 'd',
  suspect: 's',
  unavailable: 'U',
  unknown: '?',
  excluded: 'x',
};

/** The minutes as a strip, one letter each: `. d s U ? x`. */
export function strip(judgement: Judgement): string {
  return [...judgement.minutes.values()].map((state) => letters[state]).join('');
}

export function total(judgement: Judgement, ...states: MinuteState[]): number {
  const wanted = states.length > 0 ? states : minuteStates;
  return [...judgement.minutes.values()].filter((state) => wanted.includes(state)).length;
}
