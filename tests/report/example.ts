import type { Contract } from '../../src/domain/contract.ts';
import { asUpperBounds, delayFigures } from '../../src/domain/delay.ts';
import { minuteLength } from '../../src/domain/interval.ts';
import { type MinuteCount, type MinuteState, minuteStates } from '../../src/domain/ledger.ts';
import { type Measurements, nothingMeasured } from '../../src/domain/readings.ts';
import { verdictsOf } from '../../src/domain/verdicts.ts';
import type { MonthReport } from '../../src/report/month.ts';
import { shipped } from '../domain/worked.ts';
import { exclusions, records, run, short } from './entries.ts';
import { at, period, zone } from './instants.ts';

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
    webmailConsent: null,
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
