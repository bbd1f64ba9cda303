import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  ClauseRecord,
  TicketCategory,
  TicketChannel,
  TicketEventKind,
} from '../../src/domain/record.ts';
import { evaluateTickets, type TicketEvaluation } from '../../src/domain/ticket.ts';
import type { TicketCircumstances } from '../../src/domain/ticket-outcome.ts';
import { ticketPromisesOf } from '../../src/domain/ticket-promise.ts';

const hour = 3_600_000;
const month = { from: 1000 * hour, to: 1744 * hour };
const over = 2000 * hour;
const withdrawn = { id: 99, author: 'operator', why: 'mistyped', enteredAt: 2 };

/** Instants are hours of the month. */
type Events = Partial<Record<TicketEventKind, number>>;

let id = 0;
function ticket(
  category: TicketCategory,
  events: Events,
  channel: TicketChannel = 'ticket',
): ClauseRecord {
  id++;
  const head = {
    tenant: 'acme',
    author: 'operator',
    enteredAt: 1,
    note: null,
    evidence: null,
    withdrawn: null,
  };
  return {
    ...head,
    id,
    clause: null,
    detail: { kind: 'ticket', number: `N${id}`, subject: 'x', category, channel },
    events: Object.entries(events).map(([kind, at], index) => ({
      ...head,
      id: id * 100 + index,
      kind: kind as TicketEventKind,
      at: month.from + at * hour,
    })),
  };
}

function evaluate(
  clause: string,
  records: readonly ClauseRecord[],
  now = over,
  runs: TicketCircumstances['runs'] = [],
): TicketEvaluation {
  const [promise] = ticketPromisesOf(clause);
  assert.ok(promise);
  return evaluateTickets(promise, records, { period: month, zone: 'UTC', now, runs });
}

/** An evaluation of tickets at moments of Shanghai, judged long after their month. */
function inShanghai(
  clause: string,
  category: TicketCategory,
  ...tickets: readonly Partial<Record<TicketEventKind, string>>[]
): TicketEvaluation {
  const found = ticketPromisesOf(clause).find(({ categories }) => categories.includes(category));
  assert.ok(found);
  const at = (moment: string) => Date.parse(`${moment}+08:00`);
  const hours = (events: Partial<Record<TicketEventKind, string>>): Events =>
    Object.fromEntries(
      Object.entries(events).map(([kind, moment]) => [kind, (at(moment) - month.from) / hour]),
    );
  return evaluateTickets(
    found,
    tickets.map((events) => ticket(category, hours(events))),
    {
      period: { from: at('2025-01-01T00:00'), to: at('2028-01-01T00:00') },
      zone: 'Asia/Shanghai',
      now: at('2028-02-01T00:00'),
      runs: [],
    },
  );
}

const verdictsOf = ({ outcomes }: TicketEvaluation) => outcomes.map(({ verdict }) => verdict);

test('T5.2: an answer after exactly five hours is in time, a millisecond later it is not', () => {
  const inTime = ticket('functional', { sent: 1, acknowledged: 6 });
  const late = ticket('functional', { sent: 1, acknowledged: 6 + 1 / hour });
  assert.equal(evaluate('T5.2', [inTime]).verdict, 'met');
  const evaluation = evaluate('T5.2', [inTime, late]);
  assert.deepEqual(verdictsOf(evaluation), ['met', 'breached']);
  assert.equal(evaluation.verdict, 'breached');
  assert.equal(evaluation.longestResponse, 5 * hour + 1);
  assert.equal(evaluation.outcomes[0]?.response.elapsed, 5 * hour);
});

test('T5.2 hears functional issues only, of the month in which they were sent', () => {
  const others = [
    ticket('send-receive', { sent: 1, acknowledged: 9 }),
    ticket('complaint', { sent: 1, acknowledged: 9 }),
    ticket('functional', { sent: -1, acknowledged: 9 }),
    ticket('functional', { sent: 744, acknowledged: 900 }),
    ticket('functional', { acknowledged: 9 }),
  ];
  const { outcomes, verdict, longestResponse } = evaluate('T5.2', others);
  assert.deepEqual(outcomes, []);
  assert.equal(verdict, null);
  assert.equal(longestResponse, null);
});

test('who has begun or resolved has responded', () => {
  const solved = ticket('functional', { sent: 1, resolved: 3 });
  const begun = ticket('functional', { sent: 1, started: 2, acknowledged: 9 });
  const { outcomes } = evaluate('T5.2', [solved, begun]);
  assert.deepEqual(
    outcomes.map(({ response }) => response.elapsed),
    [2 * hour, hour],
  );
});

test('a ticket without an answer is open until it is due, then a breach', () => {
  const silent = ticket('functional', { sent: 1 });
  assert.equal(evaluate('T5.2', [silent], month.from + 6 * hour).verdict, 'indeterminate');
  assert.equal(evaluate('T5.2', [silent], month.from + 6 * hour + 1).verdict, 'breached');
});

test('while the month runs a promise can be broken, but is not kept yet', () => {
  const good = ticket('functional', { sent: 1, acknowledged: 2 });
  const evaluation = evaluate('T5.2', [good], month.to - 1);
  assert.deepEqual(verdictsOf(evaluation), ['met']);
  assert.equal(evaluation.verdict, 'indeterminate');
  assert.equal(evaluate('T5.2', [good], month.to).verdict, 'met');
});

test('a withdrawn event does not count, and neither does a withdrawn ticket', () => {
  const late = ticket('functional', { sent: 1, acknowledged: 9 });
  const corrected = {
    ...late,
    events: [
      ...late.events.map((event) =>
        event.kind === 'acknowledged' ? { ...event, withdrawn } : event,
      ),
      ...ticket('functional', { acknowledged: 2 }).events,
    ],
  };
  assert.equal(evaluate('T5.2', [corrected]).verdict, 'met');
  assert.equal(evaluate('T5.2', [{ ...late, withdrawn }]).verdict, null);
});

test('T5.3 asks for an answer and for a solution within two hours', () => {
  const verdict = (events: Events) => evaluate('T5.3', [ticket('send-receive', events)]).verdict;
  assert.equal(verdict({ sent: 1, acknowledged: 2, resolved: 3 }), 'met');
  assert.equal(verdict({ sent: 1, acknowledged: 2, resolved: 3.1 }), 'breached');
  assert.equal(verdict({ sent: 1, acknowledged: 3.1, resolved: 3.1 }), 'breached');
  assert.equal(verdict({ sent: 1, acknowledged: 2 }), 'breached');
});

test('T5.3: service that the probes still find broken is not resolved, whatever the ticket says', () => {
  const claimed = ticket('send-receive', { sent: 1, acknowledged: 1.5, resolved: 2 });
  const outage = (certainTo: number, possibleTo: number, open = false) => ({
    certain: [{ from: month.from, to: month.from + certainTo * hour }],
    possible: { from: month.from, to: month.from + possibleTo * hour },
    open,
  });
  assert.equal(evaluate('T5.3', [claimed], over, [outage(3.1, 3.2)]).verdict, 'breached');
  const unrecorded = ticket('send-receive', { sent: 1, acknowledged: 1.5 });
  const recovered = evaluate('T5.3', [unrecorded], over, [outage(2.8, 3)]);
  assert.equal(recovered.verdict, 'met', 'the recovery that was seen is the evidence');
  assert.equal(recovered.outcomes[0]?.observed?.recoveredAt, month.from + 3 * hour);
  assert.equal(evaluate('T5.3', [claimed], over, [outage(2.9, 3.1)]).verdict, 'met');
  assert.equal(evaluate('T5.3', [unrecorded], over, [outage(2.9, 3.1)]).verdict, 'breached');
  assert.equal(evaluate('T5.3', [claimed], over, [outage(9, 9, true)]).verdict, 'breached');
  const before = evaluate('T5.3', [unrecorded], over, [outage(0.4, 0.5)]);
  assert.equal(before.outcomes[0]?.observed, null, 'an outage that was over is another one');
});

test('T3.12 and T3.14 have a value and, without a number in the agreement, no verdict', () => {
  const complaints = [
    ticket('complaint', { sent: 1, acknowledged: 1.1, started: 3 }),
    ticket('functional', { sent: 5, started: 6 }, 'phone'),
  ];
  const all = evaluate('T3.12', complaints);
  assert.equal(all.longestResponse, 2 * hour, 'a response is the beginning of the work');
  assert.equal(all.meanResponse, 1.5 * hour);
  assert.equal(all.verdict, null);
  const byPhone = evaluate('T3.14', complaints);
  assert.equal(byPhone.outcomes.length, 1);
  assert.equal(byPhone.longestResponse, hour);
});

test('T3.15: 86 of 100 calls answered by a person are enough, 85 are not', () => {
  const calls = (answered: number) =>
    Array.from({ length: 100 }, (_, index) =>
      ticket('other', index < answered ? { sent: 1, acknowledged: 1 } : { sent: 1 }, 'phone'),
    );
  const enough = evaluate('T3.15', calls(86));
  assert.deepEqual(enough.answered, { numerator: 86, denominator: 100 });
  assert.equal(enough.verdict, 'met');
  assert.equal(evaluate('T3.15', calls(85)).verdict, 'breached');
  assert.equal(evaluate('T3.15', [ticket('other', { sent: 1 })]).verdict, null);
});

test('T4.18: within one working day is by the end of the next one, over a weekend', () => {
  // Friday 16 October 2026; Monday is the 19th.
  const evaluation = inShanghai(
    'T4.18',
    'spam',
    { sent: '2026-10-16T20:00', acknowledged: '2026-10-19T23:59:59.999' },
    { sent: '2026-10-16T20:00', acknowledged: '2026-10-20T00:00' },
    { sent: '2026-10-16T09:00', acknowledged: '2026-10-19T23:00' },
    { sent: '2026-10-17T12:00', acknowledged: '2026-10-20T00:00' },
    // Friday in Shanghai, still Thursday in UTC.
    { sent: '2026-10-16T07:00', acknowledged: '2026-10-19T12:00' },
  );
  // In the order of sending: 07:00, 09:00, twice 20:00, and Saturday noon.
  assert.deepEqual(verdictsOf(evaluation), ['met', 'met', 'met', 'breached', 'breached']);
});

test('T4.18: a Saturday or Sunday that is worked in exchange (调休) is a working day', () => {
  // Friday 26 September 2025: Sunday the 28th is worked. Friday 10 October: Saturday the 11th is.
  const evaluation = inShanghai(
    'T4.18',
    'spam',
    { sent: '2025-09-26T20:00', acknowledged: '2025-09-28T23:59' },
    { sent: '2025-09-26T20:00', acknowledged: '2025-09-29T00:00' },
    { sent: '2025-10-10T20:00', acknowledged: '2025-10-11T23:59' },
    { sent: '2025-10-10T20:00', acknowledged: '2025-10-13T09:00' },
  );
  assert.deepEqual(verdictsOf(evaluation), ['met', 'breached', 'met', 'breached']);
});

test('T4.18: a holiday is passed over: 30 September 2025 is due on 9 October', () => {
  const evaluation = inShanghai(
    'T4.18',
    'spam',
    { sent: '2025-09-30T18:00', acknowledged: '2025-10-09T23:59' },
    { sent: '2025-10-03T10:00', acknowledged: '2025-10-10T00:00' },
  );
  assert.deepEqual(verdictsOf(evaluation), ['met', 'breached']);
  assert.equal(evaluation.outcomes[0]?.response.due, Date.parse('2025-10-10T00:00+08:00') - 1);
  assert.equal(evaluation.outcomes[0]?.response.provisional, false);
});

test('T4.18: over days whose arrangement is not published the date is provisional', () => {
  // New Year's Eve 2026 is a Thursday; 1 to 3 January 2027 are free by what the law implies.
  const { outcomes } = inShanghai('T4.18', 'spam', { sent: '2026-12-31T10:00' });
  assert.equal(outcomes[0]?.response.due, Date.parse('2027-01-05T00:00+08:00') - 1);
  assert.equal(outcomes[0]?.response.provisional, true);
  assert.equal(outcomes[0]?.verdict, 'breached');
});

test('T4.19: the result is due by the end of the third day after, holidays or not', () => {
  const evaluation = inShanghai(
    'T4.19',
    'spam',
    { sent: '2025-09-30T18:00', resolved: '2025-10-03T23:59:59.999' },
    { sent: '2025-09-30T00:00', resolved: '2025-10-04T00:00' },
    { sent: '2025-09-30T18:00', acknowledged: '2025-10-01T00:00' },
  );
  assert.deepEqual(verdictsOf(evaluation), ['breached', 'met', 'breached']);
});

test('T4.28: 24 hours from the payment to the notice, 48 with a new domain, to the millisecond', () => {
  const opened = inShanghai(
    'T4.28',
    'activation',
    { sent: '2025-09-30T18:00', resolved: '2025-10-01T18:00' },
    { sent: '2025-09-30T19:00', resolved: '2025-10-01T19:00:00.001' },
  );
  assert.deepEqual(verdictsOf(opened), ['met', 'breached']);
  const withDomain = inShanghai(
    'T4.28',
    'activation-new-domain',
    { sent: '2025-09-30T18:00', resolved: '2025-10-02T18:00' },
    { sent: '2025-09-30T19:00', resolved: '2025-10-02T19:00:00.001' },
  );
  assert.deepEqual(verdictsOf(withDomain), ['met', 'breached']);
});

test('the end of an outage that the probes saw says nothing of an activation or a spam report', () => {
  const [promise] = ticketPromisesOf('T4.28');
  assert.ok(promise);
  const outage = {
    certain: [{ from: month.from, to: month.from + 90 * hour }],
    possible: { from: month.from, to: month.from + 90 * hour },
    open: false,
  };
  const opened = ticket('activation', { sent: 1, resolved: 2 });
  const { outcomes, verdict } = evaluateTickets(promise, [opened], {
    period: month,
    zone: 'UTC',
    now: over,
    runs: [outage],
  });
  assert.equal(outcomes[0]?.observed, null);
  assert.equal(verdict, 'met');
});

test('a clause that is a range has the promises of all its clauses', () => {
  const ids = (clause: string) => ticketPromisesOf(clause).map((promise) => promise.clause);
  assert.deepEqual(ids('T3.12-16'), ['T3.12', 'T3.14', 'T3.15']);
  assert.deepEqual(ids('T5.3'), ['T5.3']);
  assert.deepEqual(ids('T4.17-20'), ['T4.18', 'T4.19']);
  assert.deepEqual(ids('T5.1'), []);
});
