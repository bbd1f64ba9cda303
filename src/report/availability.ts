import type { Figures } from '../domain/figures.ts';
import { minuteStates } from '../domain/ledger.ts';
import { targetText } from './header.ts';
import { columns, type Field, fields } from './layout.ts';
import type { MonthReport } from './month.ts';
import { percentOf } from './wording.ts';
import type { Words } from './words/words.ts';

/** The figure with its bounds; beside it, where something is excluded, the one without exclusions. */
export function availabilityLines(report: MonthReport, words: Words): string[] {
  const { labels, say } = words;
  const { figures, withoutExclusions } = report.verdicts;
  const rest: Field[] = [
    [labels.target, targetText(report.contract, words)],
    ...(withoutExclusions === null ? [[labels.without, say.nothingExcluded] as const] : []),
    ...(figures.ahead > 0 ? [[labels.ahead, say.aheadOf(figures.ahead)] as const] : []),
  ];
  if (withoutExclusions === null) return fields([...aloneFields(figures, words), ...rest]);
  return columns([...besideRows(figures, withoutExclusions, words), ...rest], {
    least: [14, 24, 20],
    gap: 2,
  });
}

function aloneFields(figures: Figures, words: Words): Field[] {
  const { labels, say } = words;
  const { total, proven, possible } = figures;
  const shares: [Figures['upper'], string][] = [
    [figures.upper, say.provenOf(proven, total)],
    [figures.lower, say.possibleOf(possible, total)],
    [figures.coverage, say.coverage],
  ];
  const values = columns(
    shares.map(([share, remark]) => [say.percent(percentOf(share)), remark]),
    { gap: 3 },
  );
  return [
    ...[labels.headline, labels.lowerBound, labels.coverage].map(
      (name, index): Field => [name, values[index] ?? ''],
    ),
    [labels.verdict, verdictText(figures, words)],
  ];
}

function besideRows(counted: Figures, bare: Figures, words: Words): string[][] {
  const { labels, terms, say } = words;
  const percent = (share: Figures['upper']) => say.percent(percentOf(share));
  const row = (name: string, value: (figures: Figures) => string, remark = ''): string[] => [
    name,
    value(counted),
    value(bare),
    remark,
  ];
  const verdict = ({ verdict: one }: Figures) =>
    one === null ? say.nothing : terms.verdicts[one].toUpperCase();
  return [
    ['', labels.asCounted, labels.without, ''],
    row(labels.headline, ({ upper }) => percent(upper)),
    row(labels.lowerBound, ({ lower }) => percent(lower)),
    row(labels.proven, ({ proven, total }) => `${proven} / ${total}`),
    row(labels.possibleMinutes, ({ possible, total }) => `${possible} / ${total}`),
    row(labels.coverage, ({ coverage }) => percent(coverage), say.coverage),
    row(labels.verdict, verdict),
    ['', verdictText(counted, words)],
  ];
}

function verdictText({ verdict }: Figures, { terms, say, colon }: Words): string {
  if (verdict === null) return say.noPromisedAvailability;
  return `${terms.verdicts[verdict].toUpperCase()}${colon}${terms.verdictMeanings[verdict]}`;
}

/** The six states and what lies ahead: they add up to the rented minutes of the period. */
export function minuteLines({ verdicts: { figures } }: MonthReport, words: Words): string[] {
  const { labels, terms, say } = words;
  const { minutes, ahead } = figures;
  const sum = minuteStates.reduce((total, state) => total + minutes[state], ahead);
  const rows: [string, number, string][] = [
    ...minuteStates
      .toReversed()
      .map((state): [string, number, string] => [
        terms.states[state].name,
        minutes[state],
        terms.states[state].meaning,
      ]),
    [labels.stillAhead, ahead, say.aheadMeaning],
    [labels.together, sum, say.togetherMeaning],
  ];
  return columns(
    rows.map(([name, count, meaning]) => [name, String(count), meaning]),
    { least: [12, 6], right: [1], gap: 2 },
  );
}
