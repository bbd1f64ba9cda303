import { type Interval, minuteLength, minutesTouched } from '../domain/interval.ts';
import type { FailureRun, MinuteState } from '../domain/ledger.ts';
import { type Protocol, protocols } from '../domain/protocol.ts';
import type { MonthReport } from './month.ts';

type States = ReadonlyMap<number, MinuteState>;

/** Unavailable minutes of the ledger that the run's certain pieces touch. */
export function countedMinutes(run: Pick<FailureRun, 'certain'>, states: States): number {
  return unavailableIn([run], states).size;
}

/** Minutes of the period that are unknown, or that the ledger does not have, joined where they touch. */
export function unknownStretches(states: States, period: Interval, now: number): Interval[] {
  const stretches: Interval[] = [];
  const until = Math.min(period.to, now - (now % minuteLength));
  for (let minute = period.from; minute < until; minute += minuteLength) {
    if ((states.get(minute) ?? 'unknown') !== 'unknown') continue;
    const last = stretches.at(-1);
    const to = minute + minuteLength;
    if (last?.to === minute) stretches[stretches.length - 1] = { from: last.from, to };
    else stretches.push({ from: minute, to });
  }
  return stretches;
}

/** Unavailable minutes by protocol, for those that failed; together they may be more than the ledger has. */
export function unavailableByProtocol({ runs, states }: MonthReport): Map<Protocol, number> {
  const failing = runs.filter(({ attribution }) => attribution === 'provider');
  return new Map(
    protocols
      .filter((protocol) => failing.some((run) => run.protocol === protocol))
      .map((protocol) => [
        protocol,
        unavailableIn(
          failing.filter((run) => run.protocol === protocol),
          states,
        ).size,
      ]),
  );
}

function unavailableIn(runs: readonly Pick<FailureRun, 'certain'>[], states: States): Set<number> {
  const touched = runs.flatMap(({ certain }) => certain.flatMap(minutesTouched));
  return new Set(touched.filter((minute) => states.get(minute) === 'unavailable'));
}
