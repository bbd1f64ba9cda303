import type { Entry } from '../../src/domain/entry.ts';
import type { ClauseRecord } from '../../src/domain/record.ts';
import type { ReportedExclusion, ReportedRun } from '../../src/report/month.ts';
import { at, period } from './instants.ts';

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

/** One refusal of SMTP that a person laid to the customer. */
export const short: ReportedRun = {
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
