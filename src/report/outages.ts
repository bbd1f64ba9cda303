import { type Interval, lengthOf } from '../domain/interval.ts';
import { detail } from './layout.ts';
import type { MonthReport, ReportedRun } from './month.ts';
import { entryTexts } from './record-text.ts';
import { formatMoment, printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** The runs in the order of their possible beginning: their numbers are the same in every table. */
export function runsInOrder({ runs }: MonthReport): ReportedRun[] {
  return [...runs].sort(
    (a, b) => a.possible.from - b.possible.from || a.protocol.localeCompare(b.protocol, 'en'),
  );
}

/** The failure runs as numbered paragraphs. */
export function outageLines(report: MonthReport, words: Words): string[] {
  if (report.runs.length === 0) return [words.say.none];
  return runsInOrder(report).flatMap((run, index) => [
    ...(index > 0 ? [''] : []),
    ...runLines(run, index + 1, report, words),
  ]);
}

function runLines(
  run: ReportedRun,
  number: number,
  { zone, tenant }: MonthReport,
  words: Words,
): string[] {
  const { say, labels, terms, remark } = words;
  const code = run.code === null ? '' : remark(printable(run.code));
  const head = say.run(
    terms.protocols[run.protocol],
    terms.depths[run.depth],
    terms.reasons[run.reason],
    terms.phases[run.phase],
  );
  const possible = measured(run.possible, zone, words);
  return [
    `${String(number).padStart(2)}. ${head}${code}`,
    ...(run.mailbox === undefined ? [] : [detail(labels.mailbox, printable(run.mailbox))]),
    ...certainValues(run, zone, words).map((value, index) =>
      detail(index === 0 ? labels.certain : '', value),
    ),
    detail(labels.possible, run.open ? say.open(possible) : possible),
    detail(labels.attempts, say.attempts(run.attempts, run.confirmed)),
    ...attributionLines(run, zone, words),
    detail(labels.counted, say.unavailableMinutes(run.counted)),
    detail(labels.transcript, resultsText(run, tenant, words)),
  ];
}

function certainValues({ certain }: ReportedRun, zone: string, words: Words): string[] {
  if (certain.length === 0) return [words.say.nothing];
  return certain.map((piece) => measured(piece, zone, words));
}

/** Whose fault it was, and every word that a person said on it. */
function attributionLines(run: ReportedRun, zone: string, words: Words): string[] {
  const { labels, terms, say, remark } = words;
  const evident =
    run.evident === null ? '' : remark(say.byEvidence(terms.attributions[run.evident]));
  return [
    detail(labels.attributed, `${terms.attributions[run.attribution]}${evident}`),
    ...saidTexts(run, zone, words).map((text) => detail(labels.changed, text)),
  ];
}

/** Each change of attribution: to whom, by whom, when and why. */
export function saidTexts({ said }: ReportedRun, zone: string, words: Words): string[] {
  const { say, terms, semicolon } = words;
  return said.map((entry) => {
    const [, ...rest] = entryTexts(entry, words, zone);
    const head = say.said(
      terms.attributions[entry.attribution],
      printable(entry.author),
      formatMoment(entry.enteredAt, zone),
    );
    return [`#${entry.id} ${head}`, ...rest].join(semicolon);
  });
}

function resultsText({ results, protocol }: ReportedRun, tenant: string, { say }: Words): string {
  if (results === null) return say.noResults;
  const { first, last, count } = results;
  const ids = first === last ? `${first}` : `${first}-${last}`;
  const of = /^[\w.-]+$/.test(tenant) ? tenant : `'${printable(tenant).replaceAll("'", "'\\''")}'`;
  const command = `mailminute evidence ${ids} -t ${of} --protocol ${protocol} --failed`;
  return say.results(first, last, count, command);
}

function measured(interval: Interval, zone: string, words: Words): string {
  if (lengthOf(interval) === 0) return words.say.instant(formatMoment(interval.from, zone));
  return `${spanOf(interval, zone, words)}   ${words.say.duration(lengthOf(interval))}`;
}

export function spanOf({ from, to }: Interval, zone: string, { say }: Words): string {
  return say.span(formatMoment(from, zone), formatMoment(to, zone));
}
