import type { Interval } from '../domain/interval.ts';
import { type PageDriver, type PageOpen, pageDrivers } from '../domain/result.ts';
import type { Connection } from './open.ts';

/** Page openings of a stretch of time by one driver. */
export interface PageOpenings {
  readonly count: number;
  /** Their time together, integer ms. */
  readonly milliseconds: number;
  /** The longest of them, integer ms; 0 without one. */
  readonly longest: number;
}

/** Every zone is a whole number of these from UTC, ms. */
const quarterHour = 15 * 60_000;

/** How long webmails took to open their page. */
export function pageStore(connection: Connection) {
  const add = connection.prepare(`
    INSERT INTO page_open (tenant, driver, quarter, count, milliseconds, longest)
    VALUES (@tenant, @driver, @quarter, 1, @milliseconds, @milliseconds)
    ON CONFLICT (tenant, driver, quarter) DO UPDATE SET count = count + 1,
      milliseconds = milliseconds + excluded.milliseconds, longest = max(longest, excluded.longest)`);
  const sums = connection.prepare(`
    SELECT coalesce(sum(count), 0) AS count, coalesce(sum(milliseconds), 0) AS milliseconds,
      coalesce(max(longest), 0) AS longest
    FROM page_open WHERE tenant = ? AND quarter >= ? AND quarter < ? AND driver = ?`);
  return {
    opened(tenant: string, at: number, { driver, milliseconds }: PageOpen): void {
      add.run({ tenant, driver, milliseconds, quarter: at - (at % quarterHour) });
    },
    openings(tenant: string, { from, to }: Interval): Record<PageDriver, PageOpenings> {
      const of = (driver: PageDriver) => sums.get(tenant, from, to, driver) as PageOpenings;
      return Object.fromEntries(pageDrivers.map((driver) => [driver, of(driver)])) as Record<
        PageDriver,
        PageOpenings
      >;
    },
  };
}
