import type { Measure } from '../domain/contract.ts';
import type { PromiseVerdict } from '../domain/promise.ts';
import type { Unit } from './fact.ts';
import { limitText, rangeText } from './value.ts';
import type { Words } from './words/words.ts';

export const unitOfMeasure: Readonly<Record<Measure, Unit>> = {
  availability: 'share',
  'unavailable-minutes': 'minutes',
  'maintenance-minutes': 'minutes',
  'fault-free-days': 'days',
  'send-delay-mean': 'milliseconds',
  'send-delay-maximum': 'milliseconds',
  'receive-delay-mean': 'milliseconds',
  'receive-delay-maximum': 'milliseconds',
  'page-open-mean': 'milliseconds',
};

/** What is promised: the measure and its limit. */
export function promiseText({ promise }: PromiseVerdict, words: Words): string {
  const { measure, comparison, limit, denominator, excused } = promise;
  const unit = unitOfMeasure[measure];
  const fixed = measure === 'availability' && denominator.kind === 'fixed';
  const remarks = [
    ...(fixed ? [words.say.fixedDenominator(denominator.minutes)] : []),
    ...(excused > 0 ? [words.say.excused(excused)] : []),
  ];
  const limited = words.say.compared(comparison, limitText(limit, unit, words));
  return `${words.terms.measures[measure]}${words.space}${limited}${remarks.map(words.remark).join('')}`;
}

/** What was found, and what follows. */
export function foundText(found: PromiseVerdict, words: Words): string {
  const { terms, remark, semicolon } = words;
  const verdict = terms.verdicts[found.verdict];
  const values = foundValue(found, words);
  if (found.without !== null) return `${verdict}${remark(values)}`;
  return values === '' ? verdict : `${verdict}${semicolon}${values}`;
}

/** The value that was found, or why there is none. */
export function foundValue(found: PromiseVerdict, words: Words): string {
  const { say, terms, comma } = words;
  if (found.without !== null) return terms.whyNones[found.without];
  if (found.least === null) return '';
  const values = [rangeText(found.least, found.most, unitOfMeasure[found.promise.measure], words)];
  if (found.passed !== null) {
    const { least, most } = found.passed;
    values.push(say.passed(say.times(rangeText(least, most, 'count', words))));
  }
  return values.join(comma);
}
