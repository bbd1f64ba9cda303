import {
  type PushBill,
  type PushMonth,
  pushBill,
  residueOutcomes,
  softOutcomes,
} from '../domain/push.ts';
import { billsOf } from '../domain/record.ts';
import type { Said } from './clause-availability.ts';
import { type Fact, type FactName, quantity } from './fact.ts';
import type { MonthReport } from './month.ts';

type Of = (month: PushMonth, report: MonthReport) => Said;

/** A figure of the push service's; where there is none, that is said. */
function said(of: Of): (report: MonthReport) => Said {
  return (report) => (report.push == null ? 'no-push' : of(report.push, report));
}

function count(name: FactName, amount: number): Fact {
  return quantity(name, 'count', amount);
}

/** Invalid addresses, and apart from them what else came back (T2.1). */
export const bounces = said(({ books: { counts } }) =>
  (['hard', ...softOutcomes] as const).map((outcome) => count(outcome, counts[outcome])),
);

/** T2.2. */
export const delivered = said(({ books }) => [
  count('sent', books.sent),
  count('delivered', books.delivered),
  count('pending', books.pending),
]);

/** T2.3: what was not connected or not logged in is no request. */
export const validRequests = said(({ books, notSent }) => [
  count('sent', books.sent),
  count('not-sent', notSent),
  count('valid', books.valid),
]);

/** T2.4: sent = delivered + hard + soft + pending, and the residue, explained. */
export const books = said(({ books }) => bookFacts(books));

function bookFacts(books: PushMonth['books']): Fact[] {
  const { residue, unexplained, counts } = books;
  const terms = ['sent', 'delivered', 'hard', 'soft', 'pending', 'residue'] as const;
  const reasons = residueOutcomes.filter((outcome) => counts[outcome] > 0);
  return [
    ...terms.map((term) => count(term, books[term])),
    ...(residue === 0 ? [] : reasons.map((outcome) => count(outcome, counts[outcome]))),
    ...(unexplained === 0 ? [] : [count('unexplained', unexplained)]),
    count('valid', books.valid),
  ];
}

/** T2.5: an invoice bills all that the account sent, our probes among it. */
export const billing = said(({ books }, report) => {
  const bill = billOf(books.valid, report);
  return [count('valid', books.valid), ...(bill === null ? [] : billFacts(bill))];
});

function billOf(valid: number, { records, month }: MonthReport): PushBill | null {
  return pushBill(valid, billsOf(records, month));
}

function billFacts({ billed, difference, money }: PushBill): Fact[] {
  return [
    count('billed', billed),
    count('difference', difference),
    ...(money === null
      ? []
      : [{ name: 'difference-amount', value: { kind: 'money', ...money } } as const]),
  ];
}

/** T2.6: what a quota turned away, and our own budget. */
export function budgetFacts({ push }: MonthReport): Fact[] {
  if (push == null) return [];
  const { books, notSentThrottled, budget, daysUsedUp } = push;
  return [
    count('throttled', books.counts.throttled + notSentThrottled),
    ...(budget === null ? [] : [count('budget', budget)]),
    quantity('days-used-up', 'days', daysUsedUp),
  ];
}

/** T2.13: who was written to. */
export const recipients = said(({ recipients: addresses }) => {
  if (addresses.length === 0) return 'nothing-to-measure';
  return [{ name: 'recipients', value: { kind: 'quoted', text: addresses.join(', ') } }];
});

/** The books, the bill and the budget of the month; null without a push service. */
export function pushFacts(report: MonthReport): Fact[] | null {
  const { push } = report;
  if (push == null) return null;
  const { books, notSent } = push;
  const bill = billOf(books.valid, report);
  return [
    ...bookFacts(books),
    ...softOutcomes.map((outcome) => count(outcome, books.counts[outcome])),
    count('not-sent', notSent),
    ...(bill === null ? [] : billFacts(bill)),
    ...budgetFacts(report).filter(({ name }) => name !== 'throttled'),
  ];
}

/** The same for a program: whole numbers. */
export function pushJson(report: MonthReport): object | null {
  const { push } = report;
  if (push == null) return null;
  const { counts, ...sums } = push.books;
  const bill = billOf(sums.valid, report);
  return {
    ...sums,
    outcomes: counts,
    notSent: push.notSent,
    notSentThrottled: push.notSentThrottled,
    billed: bill?.billed ?? null,
    difference: bill?.difference ?? null,
    differenceAmount:
      bill?.money == null ? null : { currency: bill.money.currency, minorUnits: bill.money.minor },
    budgetADay: push.budget,
    daysUsedUp: push.daysUsedUp,
    recipients: push.recipients,
  };
}
