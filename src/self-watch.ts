import type { Clock } from './domain/clock.ts';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import { keepVigil } from './schedule/vigil.ts';
import type { openJournal } from './store/journal.ts';

const beat = 1_000;

/** Watches our own clock and our own pulse: what was seen while either failed is no evidence. */
export function startVigil(ports: {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly journal: Pick<ReturnType<typeof openJournal>, 'record' | 'state'>;
  readonly metrics: Metrics;
}) {
  const { clock, logger, journal, metrics } = ports;
  const vigil = keepVigil(clock, beat);
  const beats = setInterval(() => {
    metrics.own.journal(journal.state());
    for (const blindness of vigil()) {
      journal.record(blindness);
      metrics.own.blind(blindness.kind);
      logger.warn(blindness, 'evidence of this time is left out');
    }
  }, beat);
  return { stop: (): void => clearInterval(beats) };
}
