import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger } from './log.ts';

/** What is under way may end by itself for so long, and then has so long to log out, ms. */
const allowance = { finish: 5_000, abort: 3_000 };

interface Crew {
  readonly underWay: Set<Promise<void>>;
  readonly ending: AbortController;
}

/** Keeps account of the probes' work under way, tenant by tenant. */
export function createWork(logger: Logger) {
  const crews = new Map<Tenant, Crew>();

  function crewOf(tenant: Tenant): Crew {
    const crew = crews.get(tenant) ?? { underWay: new Set(), ending: new AbortController() };
    crews.set(tenant, crew);
    return crew;
  }

  return {
    /** Begins some work, which must heed the signal; a fault of it is logged. */
    begin(tenant: Tenant, work: (signal: AbortSignal) => Promise<void>): void {
      const { underWay, ending } = crewOf(tenant);
      const done = work(ending.signal)
        .catch((error: unknown) =>
          logger.error({ fault: describe(error) }, 'a task failed in itself'),
        )
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    /** Lets the work of these (of all) finish, then cuts it short. Within 8 s. */
    async end(tenants: readonly Tenant[] = [...crews.keys()]): Promise<void> {
      const ended = tenants.flatMap((tenant) => crews.get(tenant) ?? []);
      const left = () => ended.flatMap(({ underWay }) => [...underWay]);
      await settled(left(), allowance.finish);
      for (const { ending } of ended) ending.abort();
      await settled(left(), allowance.abort);
      for (const tenant of tenants) crews.delete(tenant);
    },
  };
}

/** Waits for all of it, at most so many ms. */
async function settled(underWay: readonly Promise<void>[], patience: number): Promise<void> {
  let cut: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    cut = setTimeout(resolve, patience);
  });
  await Promise.race([Promise.all(underWay), over]);
  clearTimeout(cut);
}
