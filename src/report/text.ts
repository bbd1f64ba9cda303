import { lengthOf, minuteLength } from '../domain/interval.ts';
import { answerText, creditText } from './answer-text.ts';
import { availabilityLines, minuteLines } from './availability.ts';
import { clauseReasons, clauseStatements } from './clause-text.ts';
import { type ClauseRow, clauseRows } from './clauses.ts';
import { claimStanding } from './credit.ts';
import { exclusionLines } from './exclusions.ts';
import { headerLines } from './header.ts';
import { type Field, fields, section } from './layout.ts';
import { isProvisional, type MonthReport } from './month.ts';
import { disputeText, noteTexts } from './note-text.ts';
import { outageLines, spanOf } from './outages.ts';
import { foundText, promiseText } from './promises.ts';
import { pushFacts } from './push.ts';
import { recordText } from './record-text.ts';
import { recordsOfMonth } from './records.ts';
import { factLabel, factValue, tiersText } from './value.ts';
import { formatMoment, printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** The month as plain text: the answer first. Ends with a line end; lines wrap at no fixed width. */
export function renderText(report: MonthReport, words: Words): string {
  const { sections } = words;
  const dispute = disputeText(report, words);
  const many = (title: string, count: number) => `${title}${words.remark(String(count))}`;
  const { promises } = report.verdicts;
  const notes = noteTexts(report, words);
  const push = pushFields(report, words);
  return [
    ...headerLines(report, answerText(report, words), words),
    ...section(sections.availability, availabilityLines(report, words)),
    ...(promises.length === 0
      ? []
      : section(many(sections.promises, promises.length), promiseLines(report, words))),
    ...section(sections.credit, creditLines(report, words)),
    ...(dispute === null ? [] : section(sections.dispute, [dispute])),
    ...section(sections.minutes, minuteLines(report, words)),
    ...section(many(sections.outages, report.runs.length), outageLines(report, words)),
    ...section(many(sections.exclusions, report.exclusions.length), exclusionLines(report, words)),
    ...section(many(sections.unknown, report.unknown.length), unknownLines(report, words)),
    ...section(sections.domain, domainLines(report, words)),
    ...(push.length === 0 ? [] : section(sections.push, fields(push))),
    ...section(sections.records, recordLines(report, words)),
    ...section(many(sections.clauses, report.contract.clauses.length), clauseLines(report, words)),
    ...(notes.length === 0
      ? []
      : section(
          sections.notes,
          notes.map((note) => `- ${note}`),
        )),
    ...section(sections.seal, [sealText(report, words)]),
    ...section(sections.standing, [standingText(report, words)]),
    '',
  ].join('\n');
}

function promiseLines({ verdicts }: MonthReport, words: Words): string[] {
  return fields(
    verdicts.promises.flatMap((found): Field[] => [
      [printable(found.promise.clause, 40), promiseText(found, words)],
      ['', foundText(found, words)],
    ]),
  );
}

function creditLines(report: MonthReport, words: Words): string[] {
  const { labels, say, terms, colon } = words;
  const { contract, verdicts } = report;
  const {
    claim,
    tiers,
    figures: { ahead },
  } = verdicts;
  const lines: Field[] = [];
  if (contract.tiers.length > 0)
    lines.push([ahead > 0 ? labels.creditSoFar : labels.credit, creditText(report, words)]);
  if (ahead > 0 && tiers.length > 0) lines.push([labels.creditFinal, tiersText(tiers, words)]);
  if (contract.remedy !== null) {
    const { kind, text } = contract.remedy;
    lines.push([labels.remedy, `${terms.remedies[kind]}${colon}${printable(text, 500)}`]);
  }
  if (claim !== null) {
    const first = claim.provisional ? say.provisional(claim.firstDay) : claim.firstDay;
    lines.push([labels.claimWindow, say.span(first, claim.lastDay)]);
    lines.push([labels.claim, terms.claimStandings[claimStanding(report)]]);
  }
  return lines.length === 0 ? [say.none] : fields(lines);
}

function unknownLines({ unknown, zone }: MonthReport, words: Words): string[] {
  if (unknown.length === 0) return [words.say.none];
  return unknown.map((stretch) => {
    const minutes = Math.round(lengthOf(stretch) / minuteLength);
    return `${spanOf(stretch, zone, words)}   ${words.say.minutes(String(minutes))}`;
  });
}

function domainLines({ domainChanges, zone }: MonthReport, words: Words): string[] {
  const { say, terms, labels, comma, semicolon } = words;
  if (domainChanges === null) return [say.notWatched];
  if (domainChanges.length === 0) return [say.none];
  const listed = (records: readonly string[]) =>
    records.length === 0 ? say.nothing : records.map((one) => printable(one, 500)).join(comma);
  return domainChanges.map(({ domain, type, unchangedAt, at, before, after }) =>
    [
      `${terms.recordTypes[type]} ${printable(domain)}`,
      spanOf({ from: unchangedAt, to: at }, zone, words),
      `${labels.before} ${listed(before)}`,
      `${labels.after} ${listed(after)}`,
    ].join(semicolon),
  );
}

/** The books of the push service, a term a line. */
function pushFields(report: MonthReport, words: Words): Field[] {
  const facts = pushFacts(report) ?? [];
  return facts.map((fact) => [factLabel(fact, words), factValue(fact, words, report.zone)]);
}

function recordLines(report: MonthReport, words: Words): string[] {
  const records = recordsOfMonth(report);
  if (records.length === 0) return [words.say.none];
  return records.map((record) => recordText(record, words, report.zone));
}

function clauseLines(report: MonthReport, words: Words): string[] {
  const rows = clauseRows(report);
  if (rows.length === 0) return [words.say.none];
  const { terms, language, comma } = words;
  return rows.flatMap((row) => {
    const { id, text, reading, classes } = row.clause;
    const named = classes.map((one) => terms.classes[one]).join(comma);
    return [
      `${printable(id)}  ${printable(text, 1000)}${words.remark(named)}`,
      `    ${printable(reading[language], 1000)}`,
      ...valueLines(row, words, report),
    ];
  });
}

/** The value, and what of it is missing; or why there is none at all. */
function valueLines(row: ClauseRow, words: Words, report: MonthReport): string[] {
  const statements = clauseStatements(row, words, report);
  const label = statements.length > 0 ? '' : `${words.labels.noValue}${words.colon}`;
  return [
    ...statements.map((statement) => `    = ${statement}`),
    ...clauseReasons(row, words).map((reason) => `    - ${label}${reason}`),
  ];
}

function sealText({ seal }: MonthReport, { say }: Words): string {
  return seal === null
    ? say.noSeal
    : say.seal(seal.day, seal.hash, `mailminute verify --hash ${seal.hash}`);
}

function standingText(report: MonthReport, { say }: Words): string {
  if (!isProvisional(report)) return say.final;
  const from = Math.max(report.closedUntil, report.period.from);
  return say.provisionalFrom(formatMoment(from, report.zone));
}
