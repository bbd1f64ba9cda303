import type { Registry } from 'prom-client';
import { type SinkRefusal, sinkRefusals } from '../domain/sink.ts';
import type { Look, OwnObservations } from './observation.ts';
import { ownFamilies } from './own-families.ts';
import { SeriesMemory } from './series.ts';

/** What is published of the observer itself: its clock, its process, its disk, its way into the world. */
export class OwnMetrics implements OwnObservations {
  readonly #families: ReturnType<typeof ownFamilies>;
  readonly #series = new SeriesMemory();
  #lost = 0;

  constructor(registry: Registry) {
    this.#families = ownFamilies(registry);
  }

  /** Something befell ourselves. */
  blind(kind: 'clock-step' | 'pause'): void {
    const { clockSteps, pauses } = this.#families;
    (kind === 'pause' ? pauses : clockSteps).inc();
  }

  /** The configuration was taken up at `at` (epoch ms), or it was refused (null). */
  configured(at: number | null): void {
    const { configGood, configAt } = this.#families;
    configGood.set(at === null ? 0 : 1);
    if (at !== null) configAt.set(at / 1000);
  }

  /** Whether the web configuration as it is now was taken up. */
  secured(isGood: boolean): void {
    this.#families.accessGood.set(isGood ? 1 : 0);
  }

  /** A request to an Alertmanager ended. */
  alertmanager(host: string, isGood: boolean): void {
    const { alertRequests, alertErrors } = this.#families;
    alertRequests.inc({ alertmanager: host });
    alertErrors.inc({ alertmanager: host }, isGood ? 0 : 1);
  }

  /** There is a sink: what it turns away is counted from zero. */
  beginSink(): void {
    for (const reason of sinkRefusals) this.#series.begin(this.#families.sinkRefusals, { reason });
  }

  /** Somebody connected to the sink. */
  sinkConnected(): void {
    this.#families.sinkConnections.inc();
  }

  /** The sink turned something away. */
  sinkRefused(reason: SinkRefusal): void {
    this.#series.add(this.#families.sinkRefusals, { reason }, 1);
  }

  /** How writing goes: results that wait now, and those given up since the start. */
  journal({ waiting, lost }: { readonly waiting: number; readonly lost: number }): void {
    this.#families.waiting.set(waiting);
    this.#families.lost.inc(lost - this.#lost);
    this.#lost = lost;
  }

  /** A round of looks, every configured target once: series of targets that are not in it vanish. */
  looked(looks: readonly Look[]): void {
    const { controlUp, controlLook } = this.#families;
    const series = (value: (look: Look) => number) =>
      looks.map((look) => ({ labels: { target: look.target }, value: value(look) }));
    this.#series.replace(
      controlUp,
      {},
      series(({ ok }) => (ok ? 1 : 0)),
    );
    this.#series.replace(
      controlLook,
      {},
      series(({ endedAt }) => endedAt / 1000),
    );
  }
}
