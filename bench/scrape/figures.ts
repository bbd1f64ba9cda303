import type { Timings, Way } from './messages.ts';

/** What is aimed for: how much scraping may shift any phase, ms. */
export const aims = { median: 1, p99: 10 };

/** All in ms. */
export interface Shift {
  readonly phase: string;
  /** Without and with scraping. */
  readonly attempts: readonly [number, number];
  readonly unscraped: Quantiles;
  readonly scraped: Quantiles;
}

export interface Quantiles {
  readonly median: number;
  readonly p99: number;
}

/** Nearest rank, of µs. */
function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN) / 1000;
  return { median: at(0.5), p99: at(0.99) };
}

export function joined(blocks: readonly Timings[]): Timings {
  const phases = new Set(blocks.flatMap((block) => Object.keys(block)));
  return Object.fromEntries(
    [...phases].map((phase) => [phase, blocks.flatMap((block) => block[phase] ?? [])]),
  );
}

export function shiftsOf(unscraped: Timings, scraped: Timings): Shift[] {
  return Object.keys(scraped).map((phase) => ({
    phase,
    attempts: [unscraped[phase]?.length ?? 0, scraped[phase]?.length ?? 0],
    unscraped: quantilesOf(unscraped[phase] ?? []),
    scraped: quantilesOf(scraped[phase] ?? []),
  }));
}

const titles: Readonly<Record<Way, string>> = {
  thread: 'rendered on a thread of its own',
  loop: 'rendered on the loop that probes, family by family',
};
const number = (value: number): string => value.toFixed(2).padStart(9);

/** One line a phase: median and p99 without and with scraping, and the shift of each. */
export function table(way: Way, shifts: readonly Shift[], scraping: string): string {
  const columns = ['median', 'scraped', 'shift', 'p99', 'scraped', 'shift'];
  const lines = shifts.map(({ phase, unscraped, scraped }) => {
    const pair = (of: keyof Quantiles) =>
      number(unscraped[of]) + number(scraped[of]) + number(scraped[of] - unscraped[of]);
    return `  ${phase.padEnd(12)}${pair('median')}${pair('p99')}`;
  });
  const met = (of: keyof Quantiles) =>
    shifts
      .filter(({ phase }) => phase !== 'whole')
      .every((one) => one.scraped[of] - one.unscraped[of] < aims[of])
      ? 'met'
      : 'MISSED';
  return [
    `${titles[way]} (${shifts[0]?.attempts[0] ?? 0} attempts without scraping, ${shifts[0]?.attempts[1] ?? 0} with; ${scraping})`,
    `  ${'ms'.padEnd(12)}${columns.map((column) => column.padStart(9)).join('')}`,
    ...lines,
    `  every phase shifted by less than ${aims.median} ms at the median: ${met('median')}; by less than ${aims.p99} ms at p99: ${met('p99')}`,
  ].join('\n');
}
