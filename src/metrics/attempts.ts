import { depthsOf, type Phase, type Protocol, phasesOf } from '../domain/protocol.ts';
import { reasons } from '../domain/reason.ts';
import type { Families } from './families.ts';
import { MailboxSuccess } from './mailboxes.ts';
import type { ObservedResult, PublishedTenant } from './observation.ts';
import type { SeriesMemory } from './series.ts';

/** Writes what single attempts say of configured tenants. */
export class AttemptSeries {
  readonly #families: Families;
  readonly #series: SeriesMemory;
  readonly #successes = new MailboxSuccess();

  constructor(families: Families, series: SeriesMemory) {
    this.#families = families;
    this.#series = series;
  }

  /** Forgets the mailboxes that are no longer configured. */
  keep(tenants: readonly PublishedTenant[]): void {
    this.#successes.keep(tenants);
  }

  /** Counters, histograms, phases and the last result of a protocol that is configured begin at zero. */
  begin({ name: tenant, mailboxes, webmail }: PublishedTenant, protocol: Protocol): void {
    const { runs, failures, duration, phase, lastResult } = this.#families;
    for (const depth of depthsOf(protocol)) {
      const labels = { tenant, protocol, depth };
      this.#series.begin(runs, labels);
      this.#series.begin(duration, labels);
      for (const reason of reasons) this.#series.begin(failures, { ...labels, reason });
    }
    for (const one of phasesOf[protocol]) {
      this.#series.begin(phase, { tenant, protocol, phase: one });
    }
    this.#series.begin(lastResult, { tenant, protocol });
    this.#series.set(this.#families.mailboxes, { tenant, protocol }, mailboxes?.length ?? 1);
    if (protocol !== 'webmail') return;
    const driver = webmail?.flow.driver ?? 'http';
    this.#series.begin(this.#families.pageOpen, { tenant, driver });
  }

  /** One attempt. */
  write(result: ObservedResult): void {
    const { tenant, protocol, depth } = result;
    const { runs, failures, duration, lastResult, certificate } = this.#families;
    this.#series.add(runs, { tenant, protocol, depth }, 1);
    if (result.failure !== null) {
      this.#series.add(failures, { tenant, protocol, depth, reason: result.failure.reason }, 1);
    }
    const seconds = (result.monotonicEnd - result.monotonicStart) / 1e6;
    this.#series.record(duration, { tenant, protocol, depth }, Math.max(0, seconds));
    this.#series.set(lastResult, { tenant, protocol }, result.endedAt / 1000);
    if (result.certificateNotAfter !== null) {
      this.#series.set(certificate, { tenant, protocol }, result.certificateNotAfter / 1000);
    }
    if (result.pageOpen != null) {
      const { driver, milliseconds } = result.pageOpen;
      this.#series.record(this.#families.pageOpen, { tenant, driver }, milliseconds / 1000);
    }
    this.#setSuccess(result);
    this.#setPhases(result);
  }

  /**
   * The attempted depth fails or succeeds; the depths that the attempt vouches for work. Without the
   * second part a `login` that failed once would stay 0 for ever, as round trips take its place.
   */
  #setSuccess(result: ObservedResult): void {
    const { tenant, protocol } = result;
    const { success, failingMailboxes } = this.#families;
    const { depths: changed, failing } = this.#successes.observe(result);
    for (const [depth, succeeds] of changed)
      this.#series.set(success, { tenant, protocol, depth }, succeeds ? 1 : 0);
    this.#series.set(failingMailboxes, { tenant, protocol }, failing);
  }

  #setPhases({ tenant, protocol, phases }: ObservedResult): void {
    const sums = new Map<Phase, number>();
    for (const { phase, microseconds } of phases) {
      sums.set(phase, (sums.get(phase) ?? 0) + microseconds);
    }
    for (const [phase, microseconds] of sums) {
      this.#series.set(this.#families.phase, { tenant, protocol, phase }, microseconds / 1e6);
    }
  }
}
