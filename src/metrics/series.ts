import type { Counter, Gauge, Histogram } from 'prom-client';
import type { Family, Labels, Shards } from './shards.ts';

/**
 * Writes series and remembers which exist, so that those of a removed tenant can be found and dropped:
 * the client library removes a series only by its complete label set.
 */
export class SeriesMemory {
  readonly #families = new Map<Family, Map<string, Labels>>();
  readonly #shards: Shards | null;

  /** @param shards where series that belong to a tenant are kept; null: all are kept in their family */
  constructor(shards: Shards | null = null) {
    this.#shards = shards;
  }

  set(gauge: Gauge, labels: Labels, value: number): void {
    this.#remember(gauge, labels);
    this.#owned(gauge, labels).set(labels, value);
  }

  add(counter: Counter, labels: Labels, amount: number): void {
    this.#remember(counter, labels);
    this.#owned(counter, labels).inc(labels, amount);
  }

  record(histogram: Histogram, labels: Labels, value: number): void {
    this.#remember(histogram, labels);
    this.#owned(histogram, labels).observe(labels, value);
  }

  /** A series that does not exist yet begins at zero; one that does is left alone. */
  begin(family: Gauge | Counter | Histogram, labels: Labels): void {
    if (!this.#remember(family, labels)) return;
    const owned = this.#owned(family, labels);
    if ('zero' in owned) owned.zero(labels);
    else owned.inc(labels, 0);
  }

  /** A series that there is no more. */
  remove(family: Family, labels: Labels): void {
    if (this.#families.get(family)?.delete(keyOf(labels))) {
      this.#owned(family, labels).remove(labels);
    }
  }

  /**
   * The series that an owner has in this family now: others of it vanish. For series that come and go, or
   * whose labels tell a state. `owner` and each one's own labels together are its labels.
   */
  replace(
    gauge: Gauge,
    owner: Labels,
    series: readonly { readonly labels: Labels; readonly value: number }[],
  ): void {
    const whole = series.map(({ labels, value }) => ({ labels: { ...owner, ...labels }, value }));
    const kept = new Set(whole.map(({ labels }) => keyOf(labels)));
    const known = this.#families.get(gauge);
    for (const [key, labels] of known ?? []) {
      const owned = Object.entries(owner).every(([name, value]) => labels[name] === value);
      if (owned && !kept.has(key)) this.remove(gauge, labels);
    }
    for (const { labels, value } of whole) this.set(gauge, labels, value);
  }

  /** Removes every series whose labels match, in every family. */
  drop(matches: (labels: Labels) => boolean): void {
    for (const [family, known] of this.#families) {
      for (const labels of known.values()) if (matches(labels)) this.remove(family, labels);
    }
  }

  /** The family, or the part of it that the tenant has. */
  #owned<F extends Family>(family: F, labels: Labels): F {
    const { tenant } = labels;
    if (this.#shards === null || tenant === undefined) return family;
    return this.#shards.write(tenant, family);
  }

  /** True when this series is new. */
  #remember(family: Family, labels: Labels): boolean {
    const key = keyOf(labels);
    const known = this.#families.get(family) ?? new Map<string, Labels>();
    if (known.has(key)) return false;
    this.#families.set(family, known.set(key, labels));
    return true;
  }
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}
