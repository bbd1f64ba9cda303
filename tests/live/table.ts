import type { Blackbox } from './blackbox.ts';
import { beyondBy, type Judged, mean, shortBy, total } from './judged.ts';
import { truthOf } from './outages.ts';

const headings = [
  'outage',
  'kind',
  'truth s',
  'certain s',
  'possible s',
  'late by',
  'early by',
  'short by',
  'beyond by',
  'width',
  'middle’s error',
  'blackbox s',
  'error',
  'blackbox first–last s',
  'error',
];

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1);
}

function cellsOf(judged: Judged, blackbox: Blackbox): number[] {
  const { outage, certain, possible } = judged;
  const truth = truthOf(outage);
  const { counted, spanned } = blackbox.seen(outage);
  return [
    truth,
    total(certain),
    total(possible),
    (certain[0]?.from ?? outage.latest) - outage.earliest,
    outage.latest - (certain.at(-1)?.to ?? outage.earliest),
    shortBy(judged),
    beyondBy(judged),
    total(possible) - total(certain),
    (total(possible) + total(certain)) / 2 - truth,
    counted,
    counted - truth,
    spanned,
    spanned - truth,
  ];
}

/** The outages as both saw them, and the means of the errors' sizes; Markdown, s. */
export function tableOf(judged: readonly Judged[], blackbox: Blackbox): string {
  const all = judged.map((one) => ({ one, cells: cellsOf(one, blackbox) }));
  const lines = all.map(({ one, cells }) => [
    one.outage.protocol,
    one.outage.kind,
    ...cells.map(seconds),
  ]);
  for (const kind of ['refused', 'frozen'] as const) {
    const of = all.filter(({ one }) => one.outage.kind === kind);
    const means = (of[0]?.cells ?? []).map((_, column) =>
      seconds(mean(of.map(({ cells }) => Math.abs(cells[column] ?? 0)))),
    );
    lines.push(['mean size', kind, ...means]);
  }
  const rule = headings.map((_, column) => (column < 2 ? '---' : '--:'));
  return [headings, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
