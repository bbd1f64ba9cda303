import { Registry } from 'prom-client';

export const openMetricsType: string = Registry.OPENMETRICS_CONTENT_TYPE;

/**
 * Families of the text format 0.0.4 as an exposition of OpenMetrics 1.0.0. The library writes that too, but
 * renames its counters for it, and so cannot write both.
 * @param families each with its HELP and TYPE line first
 */
export function toOpenMetrics(families: readonly string[]): string {
  return `${families.map(describedAnew).join('\n')}\n# EOF\n`;
}

/**
 * A counter's family is named without `_total`, which its samples keep, and quotes in a help text are
 * escaped (OpenMetrics 1.0.0, "Counter" and "ABNF").
 */
function describedAnew(family: string): string {
  const [help = '', type = ''] = family.split('\n', 2);
  const samples = family.slice(help.length + 1 + type.length);
  const isCounter = type.endsWith(' counter');
  const named = (line: string) => (isCounter ? line.replace(/^(# \w+ \w+)_total /, '$1 ') : line);
  return `${named(help).replaceAll('"', '\\"')}\n${named(type)}${samples}`;
}
