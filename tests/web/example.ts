import { monthPeriod } from '../../src/domain/calendar.ts';
import { plainTerms } from '../../src/domain/contract.ts';
import { figuresOf } from '../../src/domain/figures.ts';
import type { MinuteState } from '../../src/domain/ledger.ts';
import type { LandingState, MinuteCell, ProtocolState, TenantState } from '../../src/web/state.ts';

export const now = Date.parse('2026-10-16T09:01:00.123+08:00');

const works = (
  protocol: ProtocolState['protocol'],
  delay: number | null,
  age: number,
): ProtocolState => ({
  protocol,
  delay,
  run: null,
  last: [
    { depth: 'connect', endedAt: now - age, failure: null },
    { depth: 'roundtrip', endedAt: now - age - 21_000, failure: null },
  ],
});

const fails: ProtocolState = {
  protocol: 'imap',
  delay: 412,
  last: [
    { depth: 'connect', endedAt: now - 4_000, failure: null },
    {
      depth: 'login',
      endedAt: now - 9_000,
      failure: { phase: 'auth', reason: 'temporary-error', code: '[UNAVAILABLE]' },
    },
    { depth: 'roundtrip', endedAt: now - 400_000, failure: null },
  ],
  run: {
    since: now - 385_000,
    attempts: 37,
    confirmed: true,
    attribution: 'provider',
    counted: 5,
  },
};

function hourOf(states: Readonly<Record<number, MinuteState | null>>): MinuteCell[] {
  const start = Math.floor(now / 60_000) * 60_000 - 59 * 60_000;
  return Array.from({ length: 60 }, (_, index) => ({
    minute: start + index * 60_000,
    state: states[index] === undefined ? 'available' : states[index],
  }));
}

const contract = {
  ...plainTerms,
  name: 'exmail',
  title: 'Hosted mail 2020',
  protocols: ['smtp', 'imap', 'pop', 'webmail'],
  combination: 'any',
  threshold: 60_000,
  depth: 'login',
  target: { numerator: 999, denominator: 1000 },
} as const;

/** A tenant with everything to show: an open failure, all six states and a minute not judged yet. */
export function tenantState(change: Partial<TenantState> = {}): TenantState {
  const minutes = {
    excluded: 30,
    unavailable: 11,
    unknown: 4,
    suspect: 2,
    degraded: 3,
    available: 22_091,
  };
  const { unavailable, suspect, degraded, unknown, excluded } = {
    unavailable: 'unavailable',
    suspect: 'suspect',
    degraded: 'degraded',
    unknown: 'unknown',
    excluded: 'excluded',
  } as const;
  return {
    name: 'acme',
    contract,
    zone: 'Asia/Shanghai',
    month: '2026-10',
    figures: figuresOf(contract, monthPeriod('2026-10', 'Asia/Shanghai'), minutes),
    promises: [],
    unavailable: true,
    protocols: [
      works('smtp', null, 3_000),
      fails,
      works('pop', 380, 8_000),
      works('webmail', 940, 12_000),
    ],
    messages: {
      counts: [
        { route: 'loop', fate: 'on-time', messages: 1_700 },
        { route: 'loop', fate: 'late', messages: 3 },
        { route: 'loop', fate: 'pending', messages: 1 },
      ],
      oldestPending: [{ route: 'loop', since: 1_790_000_000_000 }],
      push: null,
    },
    quota: { numerator: 93, denominator: 100 },
    minutes: hourOf({
      6: excluded,
      7: excluded,
      20: degraded,
      33: unknown,
      34: unknown,
      52: suspect,
      53: unavailable,
      54: unavailable,
      55: unavailable,
      56: unavailable,
      57: unavailable,
      58: suspect,
      59: null,
    }),
    ...change,
  };
}

export function landingState(...tenants: readonly TenantState[]): LandingState {
  return { now, version: '0.1.0', notices: [], tenants };
}

/** A tenant that works. */
export function healthyTenant(): TenantState {
  const minutes = {
    excluded: 0,
    unavailable: 0,
    unknown: 0,
    suspect: 0,
    degraded: 1,
    available: 22_140,
  };
  return tenantState({
    name: 'bravo',
    unavailable: false,
    figures: figuresOf(contract, monthPeriod('2026-10', 'Asia/Shanghai'), minutes),
    protocols: [works('smtp', null, 3_000), works('imap', 96, 1_000)],
    minutes: hourOf({ 41: 'degraded' }),
  });
}
