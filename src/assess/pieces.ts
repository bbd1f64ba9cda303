import type { Judgement } from '../domain/case.ts';
import type { Contract } from '../domain/contract.ts';
import { type Interval, minuteLength, minuteOf, minutesTouched } from '../domain/interval.ts';
import { judge } from '../domain/judge.ts';
import type { FailureRun, MinuteState } from '../domain/ledger.ts';
import { withExclusions } from '../domain/minute-states.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Connection } from '../store/open.ts';
import { openCalm } from './calm.ts';
import type { Cases } from './case.ts';

/** So much is judged at once, ms: memory is bounded by it, and by the longest run. */
const sliceLength = 24 * 60 * minuteLength;
/** Judged with every trouble: so much before it and after it, ms; troubles nearer than that are one. */
const around = 5 * minuteLength;
/** The newest evidence is judged as it is: messages are still awaited, attempts still under way, ms. */
const newest = 60 * minuteLength;

/** A stretch of whole minutes, judged: no run crosses its ends. */
export interface Piece extends Pick<Judgement, 'minutes' | 'bare'> {
  readonly stretch: Interval;
  /** The runs that touch it. */
  readonly runs: readonly FailureRun[];
  /** False for what comes last, if it can still change. */
  readonly final: boolean;
}

/** Judges long stretches piece by piece, and reads only the evidence around what went wrong. */
export function openPieces(connection: Connection, cases: Cases) {
  const calmOf = openCalm(connection);

  /**
   * The pieces of [from, end), in the order of time; the same minutes and runs as if all of it were
   * judged at once. The last piece may reach beyond `end`, or not be final (then it reaches to `now`).
   * Null: nothing yet, a good moment to give way to others.
   * @param from a minute at which no run is open: where a ledger ends, or begins
   * @param tried nothing of it was final when it was judged last: not to be tried in parts again
   */
  function* pieces(
    tenant: Tenant,
    contract: Contract,
    { from, to: end }: Interval,
    now: number,
    tried?: Interval,
  ): Generator<Piece | null> {
    const calm = calmOf(tenant, contract);
    const pending = cases.awaited(tenant, now);
    const oldestAwaited = Math.min(...[...pending.values()].flat());
    const calmUntil = minuteOf(Math.min(now - newest, oldestAwaited, calm.provenUntil(now)));

    /** Where the minutes from `at` on stop to be plainly available, and the trouble that ends them, if any. */
    function* calmFrom(at: number): Generator<null, { until: number; trouble: Interval | null }> {
      for (let searched = at; searched < calmUntil; ) {
        const { trouble, until } = calm.firstTrouble(searched, calmUntil);
        if (trouble !== null)
          return { until: Math.max(at, minuteOf(trouble.from - around)), trouble };
        searched = until;
        if (searched >= end + around && calm.isSettled(end, searched))
          return { until: minuteOf(end + minuteLength - 1), trouble: null };
        yield null;
      }
      return { until: Math.max(at, calmUntil), trouble: null };
    }

    /** Judges from the beginning of a trouble on, until something of it is final. */
    function judgeTrouble(at: number, start: number, trouble: Interval | null) {
      let begin = start;
      const most = begin + sliceLength;
      let to = trouble === null ? most : calm.endOfTrouble(trouble, around, most) + around;
      if (tried !== undefined && tried.from === begin) to = Math.max(to, tried.to + sliceLength);
      for (;;) {
        to = calm.cutFrom(to, now);
        const judgement = judge(cases.caseOf(tenant, contract, { from: begin, to }, pending));
        const reach = reachOf(judgement, begin);
        if (reach < begin && begin > at) begin = Math.max(at, minuteOf(reach));
        else if (judgement.finalUntil > begin || to === now) return { begin, judgement };
        else {
          const farther = begin + 8 * Math.max(sliceLength, to - begin);
          const ended = trouble === null ? 0 : calm.endOfTrouble(trouble, around, farther) + around;
          to = Math.max(to + sliceLength, ended);
        }
      }
    }

    const excluded = cases.excluded(tenant, contract, now);
    /** Minutes of which everything is known: available, unless an exclusion covers them. */
    function* calmPieces({ from, to }: Interval): Generator<Piece> {
      for (let at = from; at < to; at += sliceLength) {
        const stretch = { from: at, to: Math.min(at + sliceLength, to) };
        const bare = new Map<number, MinuteState>();
        for (const minute of minutesTouched(stretch)) bare.set(minute, 'available');
        const near = excluded.filter((one) => one.from < stretch.to && one.to >= stretch.from);
        const minutes = near.length === 0 ? bare : withExclusions(bare, near);
        yield { stretch, minutes, bare, runs: [], final: true };
      }
    }

    for (let at = from; at < end; ) {
      const { until, trouble } = yield* calmFrom(at);
      if (until >= end && trouble === null) {
        yield* calmPieces({ from: at, to: end });
        return;
      }
      const { begin, judgement } = judgeTrouble(at, until, trouble);
      yield* calmPieces({ from: at, to: begin });
      if (judgement.finalUntil > begin)
        yield { ...within(judgement, begin, judgement.finalUntil), final: true };
      at = judgement.finalUntil;
      if (at > begin) continue;
      yield { ...within(judgement, begin, now), final: false };
      return;
    }
  }

  return pieces;
}

export type Pieces = ReturnType<typeof openPieces>;

/** How far back the runs that touch the time since `begin` reach. */
function reachOf({ runs }: Judgement, begin: number): number {
  const touching = runs.filter(({ possible }) => possible.to >= begin);
  return Math.min(Infinity, ...touching.map(({ possible }) => possible.from));
}

/** The part of a judgement that lies in [from, to). */
function within(
  { minutes, bare, runs }: Judgement,
  from: number,
  to: number,
): Omit<Piece, 'final'> {
  const cut = <State>(states: ReadonlyMap<number, State>) =>
    new Map([...states].filter(([minute]) => minute >= from && minute < to));
  return {
    stretch: { from, to },
    minutes: cut(minutes),
    bare: cut(bare),
    runs: runs.filter(({ possible }) => possible.to >= from && possible.from < to),
  };
}
