import { monthOf, monthPeriod } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { type Figures, figuresOf } from '../domain/figures.ts';
import { type Interval, lengthOf, minuteLength, minuteOf } from '../domain/interval.ts';
import { contextBefore, countStates, type Judgement, judge } from '../domain/judge.ts';
import {
  type FailureRun,
  type MinuteCount,
  type MinuteState,
  minuteStates,
} from '../domain/ledger.ts';
import type { Depth, Protocol } from '../domain/protocol.ts';
import { deepestDepth, protocolsOf, type Tenant } from '../domain/tenant.ts';
import { incidentStore } from '../store/incidents.ts';
import { ledgerStore } from '../store/ledger.ts';
import { messageStore } from '../store/messages.ts';
import type { Connection } from '../store/open.ts';
import { attemptReader } from '../store/results.ts';

/** An attempt is on disk at the latest this long after its deadline, ms. */
const writingMargin = 5_000;
/** A message older than this is lost and no longer awaited, ms. */
export const lostAfter = 24 * 60 * minuteLength;
const mostAwaited = 200;

/** What is known of one tenant now: the ledger, and beyond its end the provisional judgement. */
export interface Snapshot {
  readonly month: string;
  readonly figures: Figures;
  /** Closed minutes of all time, by state. */
  readonly closedMinutes: MinuteCount;
  /** Minutes before this (wall ms) are final; null while there is no evidence at all. */
  readonly closedUntil: number | null;
  /** Runs that touch the month (closed ones, and those the provisional judgement sees). */
  readonly runs: readonly FailureRun[];
  /** States of the last hour, and of every minute that is still provisional. */
  readonly recent: ReadonlyMap<number, MinuteState>;
  /** True while a run that counts is open. */
  readonly unavailable: boolean;
}

/** Reads the store, asks the judge, and writes closed minutes into the ledger. Idempotent. */
export function openAssessor(connection: Connection) {
  const attempts = attemptReader(connection);
  const messages = messageStore(connection);
  const incidents = incidentStore(connection);
  const ledger = ledgerStore(connection);

  /** The judgement of everything after the ledger's end; null when there is nothing to judge. */
  function judgeOpen(tenant: Tenant, contract: Contract, now: number) {
    const from = openFrom(tenant, contract);
    if (from === null || now <= from) return null;
    const before = from - contextBefore(contract);
    const judgement = judge({
      contract,
      protocols: judgedProtocols(tenant, contract),
      stretch: { from, to: now },
      attempts: attempts.attempts(tenant.name, before, now + 1),
      pending: awaited(tenant, now),
      blind: incidents.blind(before, now),
      exclusions: [],
      deliveryAllowance: tenant.deliveryAllowance,
      settling: tenant.attemptDeadline + writingMargin,
    });
    return { from, judgement };
  }

  function openFrom(tenant: Tenant, contract: Contract): number | null {
    const progress = ledger.progress(tenant.name, contract.name);
    if (progress !== null) return progress.closedUntil;
    const first = attempts.firstEnd(tenant.name);
    return first === null ? null : minuteOf(first);
  }

  /** Acceptance of the messages that each reader still has to see, newer than the newest it saw. */
  function awaited(tenant: Tenant, now: number): Map<Protocol, number[]> {
    const since = now - lostAfter;
    return new Map(
      readersOf(tenant).map((protocol) => {
        const seen = messages.newestSeenBy(tenant.name, protocol, since) ?? -Infinity;
        const waiting = messages.awaitedBy(tenant.name, protocol, since, mostAwaited);
        return [protocol, waiting.map(({ acceptedAt }) => acceptedAt).filter((at) => at > seen)];
      }),
    );
  }

  /** Closes the minutes that can no longer change. Safe to call at any time, any number of times. */
  function close(tenant: Tenant, contract: Contract, now: number): void {
    const open = judgeOpen(tenant, contract, now);
    if (open === null) return;
    const { from, judgement } = open;
    const until = judgement.finalUntil;
    if (until <= from) return;
    ledger.close({
      tenant: tenant.name,
      contract: contract.name,
      stretch: { from, to: until },
      minutes: judgement.minutes,
      monthOf: (minute) => monthOf(minute, tenant.zone),
      runs: judgement.runs.filter(
        ({ open: still, possible }) => !still && possible.to >= from && possible.to < until,
      ),
    });
  }

  /** Everything that screens, metrics and reports show of one month; reads only. */
  function snapshot(tenant: Tenant, contract: Contract, month: string, now: number): Snapshot {
    const period = monthPeriod(month, tenant.zone);
    const open = judgeOpen(tenant, contract, now);
    const progress = ledger.progress(tenant.name, contract.name);
    const closed = ledger.counts(tenant.name, contract.name, month);
    const started = progress?.closedFrom ?? open?.from ?? now;
    const counts = [closed, unwatched(period, started, now)];
    if (open !== null) counts.push(provisional(open.from, open.judgement, period, now));
    const openRuns = open?.judgement.runs.filter((run) => run.possible.to >= open.from) ?? [];
    return {
      month,
      figures: figuresOf(contract, period, addCounts(counts)),
      closedMinutes: ledger.counts(tenant.name, contract.name, '*'),
      closedUntil: progress?.closedUntil ?? open?.from ?? null,
      runs: [...ledger.runs(tenant.name, contract.name, period), ...openRuns].filter((run) =>
        touches(run.possible, period),
      ),
      recent: new Map([
        ...ledger.minutes(tenant.name, contract.name, { from: now - 60 * minuteLength, to: now }),
        ...(open?.judgement.minutes ?? []),
      ]),
      unavailable: openRuns.some((run) => run.open && isCounted(run, contract)),
    };
  }

  /** States of the period's minutes, closed and provisional, in the order of time. */
  function minutes(tenant: Tenant, contract: Contract, within: Interval, now: number) {
    const open = judgeOpen(tenant, contract, now);
    const states = ledger.minutes(tenant.name, contract.name, within);
    for (const [minute, state] of open?.judgement.minutes ?? [])
      if (minute >= within.from && minute + minuteLength <= Math.min(within.to, now))
        states.set(minute, state);
    return states;
  }

  return { close, snapshot, minutes };
}
export type Assessor = ReturnType<typeof openAssessor>;

/** The protocols that both the contract and the tenant name. */
export function judgedProtocols(tenant: Tenant, contract: Contract): Map<Protocol, Depth> {
  return new Map(
    protocolsOf(tenant)
      .filter((protocol) => contract.protocols.includes(protocol))
      .map((protocol) => [protocol, deepestDepth(tenant, protocol)]),
  );
}

export function readersOf(tenant: Tenant): Protocol[] {
  return protocolsOf(tenant).filter(
    (protocol) => protocol !== 'smtp' && deepestDepth(tenant, protocol) === 'roundtrip',
  );
}

function isCounted(run: FailureRun, contract: Contract): boolean {
  return (
    run.attribution === 'provider' &&
    run.certain.some((piece) => lengthOf(piece) >= contract.threshold)
  );
}

function provisional(from: number, judgement: Judgement, period: Interval, now: number) {
  return countStates(
    judgement.minutes,
    Math.max(from, period.from),
    Math.min(minuteOf(now), period.to),
  );
}

/** The period's minutes before the first result: nobody watched, nothing is known. */
function unwatched(period: Interval, started: number, now: number): MinuteCount {
  const until = Math.min(minuteOf(started), minuteOf(now), period.to);
  const minutes = Math.max(0, until - period.from) / minuteLength;
  return { ...addCounts([]), unknown: minutes };
}

function addCounts(counts: readonly MinuteCount[]): MinuteCount {
  return Object.fromEntries(
    minuteStates.map((state) => [state, counts.reduce((sum, count) => sum + count[state], 0)]),
  ) as MinuteCount;
}

function touches(one: Interval, other: Interval): boolean {
  return one.from < other.to && one.to >= other.from;
}
