import { monthPeriod } from '../../src/domain/calendar.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { asUpperBounds, delayFigures } from '../../src/domain/delay.ts';
import type { Entry } from '../../src/domain/entry.ts';
import { minuteLength } from '../../src/domain/interval.ts';
import { type MinuteCount, type MinuteState, minuteStates } from '../../src/domain/ledger.ts';
import { type Measurements, nothingMeasured } from '../../src/domain/readings.ts';
import type { ClauseRecord } from '../../src/domain/record.ts';
import { verdictsOf } from '../../src/domain/verdicts.ts';
import type { MonthReport, ReportedExclusion, ReportedRun } from '../../src/report/month.ts';
import { shipped } from '../domain/worked.ts';

/** An instant of October 2026 in Shanghai, `DDThh:mm` with seconds if need be. */
export const at = (text: string): number => Date.parse(`2026-10-${text}+08:00`);

const zone = 'Asia/Shanghai';
export const period = monthPeriod('2026-10', zone);

/** An entry of 2 October, with changes. */
export function entryOf(id: number, change: Partial<Entry> = {}): Entry {
  return {
    id,
    tenant: 'acme',
    author: 'Li Wei',
    enteredAt: at('02T09:00:00'),
    note: null,
    evidence: null,
    withdrawn: null,
    ...change,
  };
}

/** IMAP fails at login: 04:10 and 120:01.007 are proven, 124 minutes count. */
export const run: ReportedRun = {
  protocol: 'imap',
  depth: 'login',
  certain: [
    { from: at('03T12:30:10.250'), to: at('03T12:34:20.000') },
    { from: at('03T12:36:00.000'), to: at('03T14:36:01.007') },
  ],
  possible: { from: at('03T12:29:55.000'), to: at('03T14:36:30.000') },
  open: false,
  attempts: 31,
  confirmed: true,
  attribution: 'provider',
  phase: 'auth',
  reason: 'temporary-error',
  code: '[UNAVAILABLE]',
  counted: 124,
  results: { first: 120, last: 188, count: 31 },
  said: [],
  evident: null,
};

const short: ReportedRun = {
  protocol: 'smtp',
  depth: 'connect',
  certain: [{ from: at('02T01:00:00.000'), to: at('02T01:00:00.000') }],
  possible: { from: at('02T00:59:40.000'), to: at('02T01:00:05.500') },
  open: false,
  attempts: 1,
  confirmed: false,
  attribution: 'customer',
  phase: 'greeting',
  reason: 'throttled',
  code: null,
  counted: 0,
  results: { first: 77, last: 77, count: 1 },
  said: [
    {
      ...entryOf(5, { note: 'our own test mail', evidence: 'mail log 2026-10-02' }),
      protocol: 'smtp',
      instant: at('02T01:00:00'),
      attribution: 'customer',
    },
  ],
  evident: 'throttled',
};

const maintenance = {
  kind: 'maintenance',
  notifiedAt: at('08T18:00:00'),
  approvedBy: null,
  source: 'mail',
  ends: [],
} as const;

export const exclusions: readonly ReportedExclusion[] = [
  {
    exclusion: {
      ...entryOf(1, { evidence: 'https://provider.example/notice/17' }),
      ...maintenance,
      from: at('09T02:00:00'),
      to: at('09T02:30:00'),
    },
    counted: [{ from: at('09T02:00:00'), to: at('09T02:30:00') }],
    refused: [],
  },
  {
    exclusion: {
      ...entryOf(2),
      ...maintenance,
      notifiedAt: at('10T02:05:00'),
      from: at('10T02:00:00'),
      to: at('10T02:30:00'),
    },
    counted: [],
    refused: [
      { why: 'notified-late', intervals: [{ from: at('10T02:00:00'), to: at('10T02:30:00') }] },
    ],
  },
  {
    exclusion: {
      ...entryOf(3, {
        withdrawn: {
          id: 4,
          author: 'Wang Fang',
          why: 'entered twice',
          enteredAt: at('02T10:00:00'),
        },
      }),
      ...maintenance,
      from: at('09T02:00:00'),
      to: null,
    },
    counted: [],
    refused: [{ why: 'withdrawn', intervals: [{ from: at('09T02:00:00'), to: period.to }] }],
  },
];

export const records: readonly ClauseRecord[] = [
  {
    ...entryOf(10),
    clause: null,
    // 200.00 a month, of which 50.00 by vouchers.
    detail: {
      kind: 'fee',
      month: '2026-01',
      months: 12,
      amount: { minor: 240_000, currency: 'CNY' },
      paidByVouchers: 60_000,
    },
    events: [],
  },
  {
    ...entryOf(11, { evidence: 'ticket 4711' }),
    clause: 'T1.29',
    detail: { kind: 'consent', at: at('01T10:00:00'), subject: 'probing by mailminute' },
    events: [],
  },
];

/** States of all 44 640 minutes: 124 lost, 30 in maintenance that would have been lost, 12 unknown, 2 suspect. */
export function statesOf(until: number = period.to): Map<number, MinuteState> {
  const states = new Map<number, MinuteState>();
  for (let minute = period.from; minute < until; minute += minuteLength)
    states.set(minute, 'available');
  const set = (from: string, count: number, state: MinuteState) => {
    for (let i = 0; i < count; i++) states.set(at(from) + i * minuteLength, state);
  };
  set('02T01:00:00', 1, 'degraded');
  // 249.75 s and 7201.007 s: 4 and 120 minutes, those that they cover most. Of the 7595 s that are
  // possible, 126 minutes: 2 more.
  set('03T12:30:00', 4, 'unavailable');
  set('03T12:34:00', 2, 'suspect');
  set('03T12:36:00', 120, 'unavailable');
  set('05T03:00:00', 12, 'unknown');
  set('09T02:00:00', 30, 'excluded');
  return states;
}

export function countsOf(states: ReadonlyMap<number, MinuteState>): MinuteCount {
  const all = [...states.values()];
  return Object.fromEntries(
    minuteStates.map((state) => [state, all.filter((one) => one === state).length]),
  ) as MinuteCount;
}

/** Two messages to itself, seen after at most 2 s and 5 s. */
const loop = delayFigures(
  [
    {
      acceptedAt: at('04T10:00:00'),
      seen: { lastNotSeen: null, firstSeen: at('04T10:00:02') },
    },
    {
      acceptedAt: at('04T10:01:00'),
      seen: { lastNotSeen: at('04T10:01:01'), firstSeen: at('04T10:01:05') },
    },
  ],
  period.to,
);

const loops = loop === null ? [] : [asUpperBounds(loop)];

export const measured: Measurements = {
  ...nothingMeasured,
  maintenance: 30,
  send: loops,
  receive: loops,
};

interface Given {
  readonly contract?: Contract;
  readonly states?: ReadonlyMap<number, MinuteState>;
  readonly measured?: Measurements;
  readonly service?: { readonly from: number | null; readonly until: number | null };
}

/** October 2026, over, as its contract judges it. */
export function reportOf(change: Partial<MonthReport> = {}, given: Given = {}): MonthReport {
  const contract = given.contract ?? shipped('tencent-exmail-2020');
  const states = given.states ?? statesOf();
  const bare = new Map(
    [...states].map(([minute, state]) => [minute, state === 'excluded' ? 'unavailable' : state]),
  ) as ReadonlyMap<number, MinuteState>;
  const observed = given.measured ?? measured;
  const minutes = countsOf(states);
  return {
    tenant: 'acme',
    contract,
    zone,
    month: '2026-10',
    period,
    generatedAt: Date.parse('2026-11-10T09:01:00.123+08:00'),
    closedUntil: period.to,
    verdicts: verdictsOf(contract, {
      ...observed,
      month: '2026-10',
      zone,
      service: given.service ?? { from: null, until: null },
      minutes,
      withoutExclusions: minutes.excluded > 0 ? countsOf(bare) : null,
    }),
    measured: observed,
    states,
    bareStates: minutes.excluded > 0 ? bare : null,
    runs: [run, short],
    unknown: [{ from: at('05T03:00:00.000'), to: at('05T03:12:00.000') }],
    observed: new Map([
      ['smtp', 'roundtrip'],
      ['imap', 'roundtrip'],
      ['webmail', 'connect'],
    ]),
    exclusions,
    records,
    domainChanges: [
      {
        domain: 'acme.example',
        type: 'mx',
        unchangedAt: at('20T10:00:00'),
        at: at('20T10:05:00'),
        before: ['10 mx1.provider.example'],
        after: ['10 mx2.provider.example'],
      },
    ],
    seal: { day: '2026-11-08', hash: 'ab'.repeat(32) },
    ...change,
  };
}
