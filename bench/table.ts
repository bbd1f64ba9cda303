import { aims, type CostFigures, type DelayFigures, type Spread } from './figures.ts';
import type { Variant } from './target.ts';

const titles: Readonly<Record<Variant, string>> = {
  mail: 'SMTP + IMAP + POP',
  whole: 'the whole round: SMTP + IMAP + POP + webmail',
};

const verdict = (met: boolean): string => (met ? 'met' : 'MISSED');
const number = (value: number, digits = 1): string => value.toFixed(digits).padStart(8);
const spread = ({ min, median, max }: Spread): string => number(min) + number(median) + number(max);
const word = (text: string): string => text.padStart(8);

/** One line a figure, ours beside theirs. */
function costLines(figures: CostFigures): string[] {
  const { variant, cpu, wall, memory, ratio, pairedRatio, faults, pairs } = figures;
  const compared = (ours: number, theirs: number): string => (ours / theirs).toFixed(2).padStart(8);
  const row = (name: string, ours: Spread, theirs: Spread): string =>
    `  ${name.padEnd(18)}${spread(ours)} ${spread(theirs)} ${compared(ours.median, theirs.median)}`;
  const single = (name: string, key: keyof typeof memory.ours): string => {
    const [ours, theirs] = [memory.ours[key], memory.libraries[key]];
    const gap = ' '.repeat(8);
    return `  ${name.padEnd(18)}${gap}${number(ours)}${gap} ${gap}${number(theirs)}${gap} ${compared(ours, theirs)}`;
  };
  const three = word('min') + word('median') + word('max');
  return [
    `${titles[variant]} (${pairs} pairs)`,
    `  ${''.padEnd(18)}${'ours'.padStart(24)} ${'libraries'.padStart(24)} ${word('ratio')}`,
    `  ${''.padEnd(18)}${three} ${three}`,
    row('CPU ms', cpu.ours, cpu.libraries),
    row('wall ms', wall.ours, wall.libraries),
    single('resident MiB', 'resident'),
    single('peak MiB', 'peak'),
    single('bare Node MiB', 'bare'),
    single('live heap MiB', 'heap'),
    `  CPU ratio ${ratio.toFixed(2)} (median over the pairs ${pairedRatio.toFixed(2)}), ` +
      `aim at most ${aims.ratio}: ${verdict(ratio <= aims.ratio)}`,
    ...(faults.length === 0 ? [] : [`  left out: ${faults.length} faults, such as ${faults[0]}`]),
    '',
  ];
}

function delayLine(figures: DelayFigures): string {
  const { side, reader, arrival, reported, behind, within, bracketed, rounds } = figures;
  const ours = side === 'ours' ? verdict(behind.p90 <= aims.delay) : '';
  return [
    `  ${reader.padEnd(9)}${side.padEnd(10)}`,
    number(arrival.median, 0),
    number(reported.median, 0),
    ' ',
    ...[behind.median, behind.p90, behind.max].map((value) => number(value, 0)),
    `${within}/${rounds}`.padStart(11),
    `${bracketed}/${rounds}`.padStart(11),
    `  ${ours}`,
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
