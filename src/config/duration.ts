/** Milliseconds of each unit, largest first: the order in which Prometheus wants them written. */
const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const pattern = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?(?:(\d{1,6})ms)?$/;

/**
 * A duration as Prometheus writes it (`20s`, `1m30s`, `500ms`) in integer milliseconds; null when it is none.
 * A number without a unit is none: 20 could be seconds or milliseconds.
 */
export function parseDuration(text: string): number | null {
  const match = text === '' ? null : pattern.exec(text);
  if (match === null) return null;
  return units.reduce((sum, [, size], index) => sum + Number(match[index + 1] ?? 0) * size, 0);
}

/** Integer milliseconds → `1m30s`; `0s` for none. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text === '' ? '0s' : text;
}
