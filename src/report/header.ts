import type { Contract } from '../domain/contract.ts';
import { type Field, fields, widthOf } from './layout.ts';
import type { MonthReport } from './month.ts';
import { depthsText, limitText } from './value.ts';
import { formatMoment, plainPercent, printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** Title, the answer under it, and by what it was judged. */
export function headerLines(report: MonthReport, answer: string, words: Words): string[] {
  const { labels, say } = words;
  const { tenant, contract, zone, month, period, verdicts } = report;
  const title = say.title(printable(tenant), month);
  const rented = verdicts.figures.period;
  const span = ({ from, to }: typeof period) =>
    say.span(formatMoment(from, zone), formatMoment(to, zone));
  return [
    title,
    '='.repeat(widthOf(title)),
    answer,
    '',
    ...fields([
      [labels.contract, contractText(contract, words)],
      ...agreementFields(contract, words),
      [labels.promise, promisedText(contract, words)],
      [labels.observed, depthsText([...report.observed], words)],
      [labels.period, span(period)],
      ...(rented.from === period.from && rented.to === period.to
        ? []
        : [[labels.rented, span(rented)] as const]),
      [labels.zone, zone],
      [labels.written, formatMoment(report.generatedAt, zone)],
    ]),
  ];
}

/** The program's own title is English; in Chinese the agreement's stands for it. */
function contractText({ title, name, agreement }: Contract, { language, remark }: Words): string {
  if (language === 'zh' && agreement !== null) return printable(name);
  return `${printable(title)}${remark(printable(name))}`;
}

function agreementFields({ agreement }: Contract, { labels, remark }: Words): Field[] {
  if (agreement === null) return [];
  const { title, published, sha256 } = agreement;
  const named = `${printable(title)}${published === null ? '' : remark(published)}`;
  return [[labels.agreement, named], ...(sha256 === null ? [] : [[labels.hash, sha256] as const])];
}

function promisedText(contract: Contract, words: Words): string {
  const { say, terms } = words;
  const threshold = limitText(
    { numerator: contract.threshold, denominator: 1 },
    'milliseconds',
    words,
  );
  const target = targetText(contract, words);
  return say.promised(target, terms.combinations[contract.combination], threshold);
}

/** The promised availability as the contract writes it. */
export function targetText({ target }: Contract, { say }: Words): string {
  return target === null ? say.noTarget : say.percent(plainPercent(target));
}
