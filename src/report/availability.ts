import type { Figures } from '../domain/figures.ts';
import { minuteStates } from '../domain/ledger.ts';
import { targetText } from './header.ts';
import { field, padded } from './layout.ts';
import type { MonthReport } from './month.ts';
import { percentOf } from './wording.ts';
import type { Words } from './words/words.ts';

/** The figure with its bounds; beside it, where something is excluded, the one without exclusions. */
export function availabilityLines(report: MonthReport, words: Words): string[] {
  const { labels, say } = words;
  const { figures, withoutExclusions } = report.verdicts;
  return [
    ...(withoutExclusions === null
      ? aloneLines(figures, words)
      : besideLines(figures, withoutExclusions, words)),
    field(labels.target, targetText(report.contract, words)),
    ...(withoutExclusions === null ? [field(labels.without, say.nothingExcluded)] : []),
    ...(figures.ahead > 0 ? [field(labels.ahead, say.aheadOf(figures.ahead))] : []),
  ];
}

function aloneLines(figures: Figures, words: Words): string[] {
  const { labels, say } = words;
  const { total, proven, possible } = figures;
  const percent = (share: Figures['upper']) => say.percent(percentOf(share));
  return [
    field(labels.headline, `${percent(figures.upper)}   ${say.provenOf(proven, total)}`),
    field(labels.lowerBound, `${percent(figures.lower)}   ${say.possibleOf(possible, total)}`),
    field(labels.coverage, `${percent(figures.coverage)}   ${say.coverage}`),
    field(labels.verdict, verdictText(figures, words)),
  ];
}

function besideLines(counted: Figures, bare: Figures, words: Words): string[] {
  const { labels, terms, say } = words;
  const percent = (share: Figures['upper']) => say.percent(percentOf(share));
  const row = (name: string, value: (figures: Figures) => string, remark = ''): string =>
    field(name, `${padded(value(counted), 26)}${padded(value(bare), 22)}${remark}`.trimEnd());
  const verdict = ({ verdict: one }: Figures) =>
    one === null ? say.nothing : terms.verdicts[one].toUpperCase();
  return [
    field('', `${padded(labels.asCounted, 26)}${labels.without}`),
    row(labels.headline, ({ upper }) => percent(upper)),
    row(labels.lowerBound, ({ lower }) => percent(lower)),
    row(labels.proven, ({ proven, total }) => `${proven} / ${total}`),
    row(labels.possibleMinutes, ({ possible, total }) => `${possible} / ${total}`),
    row(labels.coverage, ({ coverage }) => percent(coverage), say.coverage),
    row(labels.verdict, verdict),
    field('', verdictText(counted, words)),
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
  const row = (name: string, count: number, meaning: string): string =>
    `${padded(name, 13)} ${String(count).padStart(6)}   ${meaning}`;
  const sum = minuteStates.reduce((total, state) => total + minutes[state], ahead);
  return [
    ...minuteStates
      .toReversed()
      .map((state) => row(terms.states[state].name, minutes[state], terms.states[state].meaning)),
    row(labels.stillAhead, ahead, say.aheadMeaning),
    row(labels.together, sum, say.togetherMeaning),
  ];
}
