import type { Bounds } from '../domain/delay-sums.ts';
import type { MonthReport } from './month.ts';
import { type Note, notesOf } from './notes.ts';
import { printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** Whose records prevail in a dispute: the clause whose reading stands on every report. */
const disputeClause = 'T1.26';

/** The sentence on disputes, of a contract that has one; null of any other. */
export function disputeText({ contract }: MonthReport, { language }: Words): string | null {
  const clause = contract.clauses.find(({ id }) => id === disputeClause);
  return clause === undefined
    ? null
    : `${clause.id}${language === 'zh' ? '：' : ': '}${printable(clause.reading[language], 1000)}`;
}

export function noteTexts(report: MonthReport, words: Words): string[] {
  return notesOf(report).map((note) => noteText(note, words));
}

function noteText(note: Note, { say, terms, comma }: Words): string {
  switch (note.kind) {
    case 'webmail-page-only':
      return say.webmailPageOnly;
    case 'webmail-consent':
      return say.webmailConsent(printable(note.consent, 500));
    case 'not-observed':
      return say.notObserved(note.protocols.map((one) => terms.protocols[one]).join(comma));
    case 'one-mailbox':
      return say.oneMailbox;
    case 'not-judged-yet':
      return say.notJudgedYet;
    case 'loop-delay':
      return say.loopDelay;
    case 'stamped-delay':
      return say.stampedDelay(note.skew === null ? null : skewText(note.skew));
  }
}

/** Seconds, outwards to a tenth: `-0.3 … 1.2 s`. */
function skewText({ least, most }: Bounds): string {
  const seconds = (tenths: number) => (tenths / 10).toFixed(1);
  return `${seconds(Math.floor(least / 100))} … ${seconds(Math.ceil(most / 100))} s`;
}
