import { Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string>>;

/** What a family must offer so that its series can be removed again. */
export interface Family {
  remove(labels: Labels): void;
}

/** The series of one tenant. */
interface Shard {
  readonly registry: Registry;
  /** The tenant's own part, by the family that it is a part of. */
  readonly parts: ReadonlyMap<Family, { readonly family: Family; readonly name: string }>;
  /** The samples of each family as text, as long as nothing of them changes. */
  readonly samples: Map<string, string>;
  /** How often each family was written. */
  readonly writes: Map<string, number>;
}

/**
 * Keeps the series of each tenant apart, so that a scrape writes only those out anew that changed since the one
 * before: from second to second that is a tenth of them, and writing them out is what a scrape costs.
 */
export class Shards {
  readonly #families: Readonly<Record<string, Family>>;
  readonly #create: (registry: Registry) => Readonly<Record<string, Family>>;
  readonly #shards = new Map<string, Shard>();

  /** @param create makes the same families again, in another registry */
  constructor(
    families: Readonly<Record<string, Family>>,
    create: (registry: Registry) => Readonly<Record<string, Family>>,
  ) {
    this.#families = families;
    this.#create = create;
  }

  /** The tenant's own part of a family, about to be written. */
  write<F extends Family>(tenant: string, family: F): F {
    const shard = this.#shards.get(tenant) ?? this.#begin(tenant);
    const part = shard.parts.get(family);
    if (part === undefined) return family;
    shard.samples.delete(part.name);
    shard.writes.set(part.name, (shard.writes.get(part.name) ?? 0) + 1);
    // A part is made by the same call as its family.
    return part.family as F;
  }

  keep(isKept: (tenant: string) => boolean): void {
    for (const tenant of this.#shards.keys()) if (!isKept(tenant)) this.#shards.delete(tenant);
  }

  /** The samples of a family, one text for each tenant that has any. */
  async samples(name: string): Promise<readonly string[]> {
    const texts: string[] = [];
    for (const { registry, samples, writes } of this.#shards.values()) {
      const before = writes.get(name);
      if (before === undefined) continue;
      const text = samples.get(name) ?? (await writtenOut(registry, name));
      // What was written meanwhile is not in it.
      if (writes.get(name) === before) samples.set(name, text);
      if (text !== '') texts.push(text);
    }
    return texts;
  }

  #begin(tenant: string): Shard {
    const registry = new Registry();
    const own = this.#create(registry);
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    const parts = new Map<Family, { readonly family: Family; readonly name: string }>();
    for (const [key, family] of Object.entries(this.#families)) {
      const part = own[key];
      const name = names.find((one) => registry.getSingleMetric(one) === part);
      if (part !== undefined && name !== undefined) parts.set(family, { family: part, name });
    }
    const shard: Shard = { registry, parts, samples: new Map(), writes: new Map() };
    this.#shards.set(tenant, shard);
    return shard;
  }
}

/** Without the two lines that describe the family. */
async function writtenOut(registry: Registry, name: string): Promise<string> {
  const text = await registry.getSingleMetricAsString(name);
  const described = text.indexOf('\n', text.indexOf('\n') + 1);
  return described === -1 ? '' : text.slice(described + 1);
}
