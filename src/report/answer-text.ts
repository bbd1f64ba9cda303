import { answerOf } from './answer.ts';
import { worthOf } from './credit.ts';
import type { MonthReport } from './month.ts';
import { moneyText, tiersText } from './value.ts';
import { percentOf } from './wording.ts';
import type { Words } from './words/words.ts';

/** The month in one sentence: what was promised, whether it was kept, what it gives and until when. */
export function answerText(report: MonthReport, words: Words): string {
  const { say, semicolon, colon, comma } = words;
  const answer = answerOf(report);
  const upper = say.percent(percentOf(answer.availability));
  const lower = say.percent(percentOf(answer.lower));
  const parts = [
    say.outcome(answer.outcome, upper, lower),
    ...(answer.alsoBroken.length === 0 ? [] : [say.alsoBroken(answer.alsoBroken.join(comma))]),
    ...(answer.credit === null ? [] : [say.credit(creditText(report, words), answer.credit.final)]),
    ...claimTexts(report, words),
  ];
  const end = words.language === 'zh' ? '。' : '.';
  return `${say.month(answer.month)}${colon}${parts.join(semicolon)}${end}`;
}

/** The credit by what has happened so far, in money where a fee is on record. */
export function creditText(report: MonthReport, words: Words): string {
  const tiers = report.verdicts.tiersSoFar;
  const text = tiersText(tiers, words);
  const [only, ...others] = tiers;
  if (only === undefined || others.length > 0) return text;
  const worth = worthOf(only, report).map(moneyText);
  return worth.length === 0 ? text : `${text}${words.remark(worth.join(words.comma))}`;
}

function claimTexts(report: MonthReport, { say, terms, labels, colon }: Words): string[] {
  const { claim } = answerOf(report);
  if (claim === null) return [];
  const { standing } = claim;
  if (standing === 'filed' || standing === 'filed-outside' || standing === 'lapsed')
    return [`${labels.claim}${colon}${terms.claimStandings[standing]}`];
  const first = claim.provisional ? say.provisional(claim.firstDay) : claim.firstDay;
  return [say.claim(first, claim.lastDay)];
}
