import { monthFinder } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { type Interval, minuteLength, minuteOf } from '../domain/interval.ts';
import type { FailureRun, MinuteState } from '../domain/ledger.ts';
import type { Tenant } from '../domain/tenant.ts';
import { ledgerStore } from '../store/ledger.ts';
import type { Connection } from '../store/open.ts';
import { type Cases, termsOf, zoneOf } from './case.ts';
import type { Piece, Pieces } from './pieces.ts';
import { endedWithin, ledgerMinutes } from './rejudge.ts';

/** The provisional judgement of what lies beyond the ledger's end. */
export interface Open {
  /** The ledger's end. */
  readonly from: number;
  readonly minutes: ReadonlyMap<number, MinuteState>;
  readonly bare: ReadonlyMap<number, MinuteState>;
  readonly runs: readonly FailureRun[];
}

/** Of the minutes that are final but not closed yet, the last hour's are always told, ms. */
const recent = 60 * minuteLength;

/** Judges from the ledger's end up to now: to close what is final, or only to tell. */
export function openJudging(connection: Connection, cases: Cases, pieces: Pieces) {
  const ledger = ledgerStore(connection);
  /** What could not be closed the last time, by tenant and contract. */
  const tried = new Map<string, Interval>();

  function openFrom(tenant: Tenant, contract: Contract): number | null {
    const progress = ledger.progress(tenant.name, contract.name);
    if (progress !== null) return progress.closedUntil;
    const first = cases.firstEnd(tenant.name);
    return first === null ? null : minuteOf(first);
  }

  function* openPieces(
    tenant: Tenant,
    contract: Contract,
    now: number,
  ): Generator<{ readonly from: number; readonly piece: Piece }> {
    const from = openFrom(tenant, contract);
    if (from === null || now <= from) return;
    const key = JSON.stringify([tenant.name, contract.name]);
    for (const piece of pieces(tenant, contract, { from, to: now }, now, tried.get(key))) {
      if (piece === null) continue;
      if (!piece.final) tried.set(key, piece.stretch);
      yield { from, piece };
    }
  }

  /** Closes the minutes that can no longer change. Safe to call at any time, any number of times. */
  function close(tenant: Tenant, contract: Contract, now: number): Open | null {
    const monthOf = monthFinder(zoneOf(tenant, contract));
    for (const { piece } of openPieces(tenant, contract, now)) {
      const { stretch, minutes, bare, runs, final } = piece;
      if (!final) return { from: stretch.from, minutes, bare, runs };
      ledger.close({
        tenant: tenant.name,
        contract: contract.name,
        stretch,
        minutes: ledgerMinutes(piece),
        terms: termsOf(tenant, contract),
        monthOf,
        runs: endedWithin(runs, stretch),
      });
    }
    return null;
  }

  /**
   * The judgement of everything after the ledger's end; null when there is nothing to judge. Of the
   * minutes those of `wanted`, those of the last hour and all that can still change.
   */
  function openOf(tenant: Tenant, contract: Contract, wanted: Interval, now: number): Open | null {
    const minutes = new Map<number, MinuteState>();
    const bare = new Map<number, MinuteState>();
    const runs: FailureRun[] = [];
    let begin: number | null = null;
    for (const { from, piece } of openPieces(tenant, contract, now)) {
      begin = from;
      const isTold = (minute: number) =>
        !piece.final || minute >= now - recent || (minute >= wanted.from && minute < wanted.to);
      for (const [minute, state] of piece.minutes) if (isTold(minute)) minutes.set(minute, state);
      for (const [minute, state] of piece.bare) if (isTold(minute)) bare.set(minute, state);
      runs.push(...(piece.final ? endedWithin(piece.runs, piece.stretch) : piece.runs));
    }
    return begin === null ? null : { from: begin, minutes, bare, runs };
  }

  return { close, openOf };
}
