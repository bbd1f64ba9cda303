import type { Clock } from './domain/clock.ts';
import type { Logger } from './log.ts';
import type { Observations } from './metrics/observation.ts';
import { type Blindness, blindSince, keepVigil, type Reading } from './schedule/vigil.ts';
import type { openJournal } from './store/journal.ts';

const beat = 1_000;

/** Before this no version of this program was written, ms: a machine without a clock of its own starts in 1970. */
const earliest = Date.UTC(2026, 0);

/** @throws when the wall clock is evidently wrong: the ledger would begin decades ago */
export function assertPlausible(clock: Clock): void {
  if (clock.wall() >= earliest) return;
  const shown = new Date(clock.wall()).toISOString();
  throw new Error(`the clock of this machine shows ${shown}: set it (NTP), then start again`);
}

/** Watches our own clock and our own pulse: what was seen while either failed is no evidence. */
export function startVigil(ports: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly journal: Pick<ReturnType<typeof openJournal>, 'record' | 'state'>;
  readonly metrics: Observations;
  /** The clocks at the end of the last result on disk; null if there is none. */
  readonly last: Reading | null;
}) {
  const { clock, logger, journal, metrics } = ports;
  const tell = (blindness: Blindness): void => {
    journal.record(blindness);
    metrics.own.blind(blindness.kind);
    logger.warn(blindness, 'evidence of this time is left out');
  };
  const meanwhile = ports.last === null ? null : blindSince(ports.last, clock);
  if (meanwhile !== null) tell(meanwhile);
  const vigil = keepVigil(clock, beat);
  const look = (): void => vigil().forEach(tell);
  const beats = setInterval(() => {
    metrics.own.journal(journal.state());
    look();
  }, beat);
  return {
    /** Looks at the clocks now: nothing may be judged by a clock that stepped since the last beat. */
    look,
    stop: (): void => clearInterval(beats),
  };
}
