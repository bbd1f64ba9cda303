import {
  aims,
  type CostFigures,
  type DelayFigures,
  type SideCost,
  type Spread,
} from './figures.ts';
import type { Variant } from './target.ts';

const titles: Readonly<Record<Variant, string>> = {
  mail: 'SMTP + IMAP + POP',
  whole: 'the whole round: SMTP + IMAP + POP + webmail',
};

const number = (value: number, digits = 1): string => value.toFixed(digits).padStart(8);
const spread = ({ min, median, max }: Spread): string => number(min) + number(median) + number(max);
const word = (text: string): string => text.padStart(8);

const gap = ' '.repeat(8);

/** One line a figure, ours beside the others, and ours / each other at the end. */
function costLines({ variant, sides, ratios, faults, rounds }: CostFigures): string[] {
  const line = (name: string, groups: readonly string[], ends: readonly string[]): string =>
    `  ${name.padEnd(18)}${groups.join(' ')} ${ends.map((end) => end.padStart(10)).join('')}`;
  const compared = (values: readonly number[]): string[] =>
    values.slice(1).map((other) => ((values[0] ?? Number.NaN) / other).toFixed(2));
  const row = (name: string, of: (side: SideCost) => Spread): string => {
    const spreads = sides.map(of);
    return line(name, spreads.map(spread), compared(spreads.map(({ median }) => median)));
  };
  const single = (name: string, key: keyof SideCost['memory']): string => {
    const values = sides.map(({ memory }) => memory[key]);
    return line(
      name,
      values.map((value) => gap + number(value) + gap),
      compared(values),
    );
  };
  const names = sides.map(({ side }) => side);
  const three = word('min') + word('median') + word('max');
  const others = names.slice(1);
  return [
    `${titles[variant]} (${rounds} rounds of each side)`,
    line(
      '',
      names.map((name) => name.padStart(24)),
      others.map(() => 'ours /'),
    ),
    line(
      '',
      names.map(() => three),
      others,
    ),
    row('CPU ms', ({ cpu }) => cpu),
    row('wall ms', ({ wall }) => wall),
    single('resident MiB', 'resident'),
    single('peak MiB', 'peak'),
    single('bare Node MiB', 'bare'),
    single('live heap MiB', 'heap'),
    ...ratios.map(
      ({ to, ratio, pairedRatio, aim, verdict }) =>
        `  CPU ours / ${to} ${ratio.toFixed(3)} (median over the turns ${pairedRatio.toFixed(3)}), aim at most ${aim}: ${verdict}`,
    ),
    ...(faults.length === 0 ? [] : [`  left out: ${faults.length} faults, such as ${faults[0]}`]),
    '',
  ];
}

function delayLine(figures: DelayFigures): string {
  const { side, reader, arrival, reported, behind, within, bracketed, rounds, verdict } = figures;
  return [
    `  ${reader.padEnd(9)}${side.padEnd(10)}`,
    number(arrival.median, 0),
    number(reported.median, 0),
    ' ',
    ...[behind.median, behind.p90, behind.max].map((value) => number(value, 0)),
    `${within}/${rounds}`.padStart(11),
    `${bracketed}/${rounds}`.padStart(11),
    `  ${verdict ?? ''}`,
  ]
    .join('')
    .trimEnd();
}

function delayLines(delays: readonly DelayFigures[]): string[] {
  const heads = ['median', 'p90', 'max'].map(word).join('');
  return [
    `delay in ms, in whole rounds; aim: seen at most ${aims.delay} after the true arrival, in nine rounds of ten`,
    `  ${''.padEnd(19)}${word('250 to')}${word('250 to')} ${'true arrival to seen'.padStart(24)}${'within aim'.padStart(11)}${'bracketed'.padStart(11)}`,
    `  ${''.padEnd(19)}${word('arrival')}${word('seen')} ${heads}`,
    ...delays.map(delayLine),
    '',
  ];
}

/** The whole outcome for a person. */
export function table(
  head: readonly string[],
  costs: readonly CostFigures[],
  delays: readonly DelayFigures[],
): string {
  return [...head, '', ...costs.flatMap(costLines), ...delayLines(delays)].join('\n');
}
