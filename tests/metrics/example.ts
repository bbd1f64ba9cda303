import type { ClaimDates } from '../../src/domain/claim.ts';
import {
  type Contract,
  type PromisedLimit,
  plainTerms,
  type Ratio,
  type Tier,
} from '../../src/domain/contract.ts';
import { delayFigures } from '../../src/domain/delay.ts';
import { type Figures, figuresOf } from '../../src/domain/figures.ts';
import type { MinuteCount } from '../../src/domain/ledger.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import { nothingMeasured } from '../../src/domain/readings.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Endpoint, Tenant } from '../../src/domain/tenant.ts';
import type { LedgerSnapshot } from '../../src/metrics/observation.ts';

const endpoint: Endpoint = { host: 'a', port: 1, tls: 'none', ca: null, servername: null };

export function tenantOf(name: string, change: Partial<Tenant> = {}): Tenant {
  return {
    name,
    contract: 'standard',
    zone: 'UTC',
    mailbox: {
      address: 'probe@a.example',
      username: 'probe@a.example',
      credential: { kind: 'password', secret: new Secret(() => 'never shown') },
    },
    smtp: endpoint,
    imap: endpoint,
    pop: endpoint,
    webmail: {
      url: 'https://a/',
      ca: null,
      flow: { name: 'page', steps: [] },
      consent: 'the tests',
      sendInterval: null,
    },
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: 30_000,
    deliveryAllowance: 60_000,
    ...change,
  };
}

export function resultOf(change: Partial<ProbeResult> = {}): ProbeResult {
  return {
    tenant: 'acme',
    protocol: 'imap',
    depth: 'roundtrip',
    startedAt: 1_790_000_000_000,
    endedAt: 1_790_000_000_500,
    monotonicStart: 1_000_000,
    monotonicEnd: 1_500_000,
    phases: [
      { phase: 'tcp', microseconds: 1_500 },
      { phase: 'auth', microseconds: 20_000 },
    ],
    vouches: 'roundtrip',
    failure: null,
    address: '127.0.0.1:993',
    tlsVersion: 'TLSv1.3',
    certificateNotAfter: 1_800_000_000_000,
    transcript: '',
    token: null,
    acceptedAt: null,
    sightings: [],
    lookedAt: null,
    ...change,
  };
}

export function failureOf(
  reason: NonNullable<ProbeResult['failure']>['reason'],
): ProbeResult['failure'] {
  const message = 'text of a server that must not be a label';
  const span = { provenFrom: 1_790_000_000_500, provenTo: 1_790_000_000_500 };
  return { phase: 'auth', reason, kind: 'refusal', code: '[HOSTILE]', message, ...span };
}

const none: MinuteCount = {
  excluded: 0,
  unavailable: 0,
  unknown: 0,
  suspect: 0,
  degraded: 0,
  available: 0,
};

export function countOf(change: Partial<MinuteCount>): MinuteCount {
  return { ...none, ...change };
}

/** A target of 99 %; below it 10 % of the fee, below 95 % a quarter. */
export const standard: Contract = {
  ...plainTerms,
  name: 'standard',
  title: 'Standard',
  protocols: ['imap'],
  target: { numerator: 99, denominator: 100 },
  tiers: [
    tierOf([95, 99], { numerator: 1, denominator: 10 }),
    tierOf([0, 95], { numerator: 1, denominator: 4 }),
  ],
};

export function tierOf([from, to]: readonly [number, number], credit: Ratio | null): Tier {
  const share = (numerator: number): Ratio => ({ numerator, denominator: 100 });
  return { from: share(from), to: share(to), credit };
}

/** A month of 1000 minutes under these terms. */
export function snapshotOf(
  minutes: Partial<MinuteCount>,
  closed: Partial<MinuteCount>,
  change: Partial<LedgerSnapshot> & { readonly terms?: Contract } = {},
): LedgerSnapshot {
  const { terms = standard, ...others } = change;
  return {
    figures: monthFigures(minutes, terms),
    unwatched: 0,
    verdicts: { withoutExclusions: null, promises: [] },
    measured: nothingMeasured,
    closedMinutes: countOf(closed),
    runs: [],
    unavailable: false,
    ...others,
  };
}

export function monthFigures(minutes: Partial<MinuteCount>, terms: Contract = standard): Figures {
  return figuresOf(terms, { from: 0, to: 60_000_000 }, countOf(minutes));
}

export function runOf(
  protocol: Protocol,
  change: Partial<LedgerSnapshot['runs'][number]> = {},
): LedgerSnapshot['runs'][number] {
  return { protocol, open: true, attribution: 'provider', depth: 'login', ...change };
}

/** A claim's window, wall ms. */
export function claimDates(opensAt: number, lapsesAt: number): ClaimDates {
  return {
    opensAt,
    lapsesAt,
    firstDay: '2026-10-01',
    lastDay: '2026-11-29',
    provisional: false,
  };
}

export const faultFreeDays: PromisedLimit = {
  clause: 'T4.14',
  measure: 'fault-free-days',
  comparison: 'at-least',
  limit: { numerator: 360, denominator: 1 },
  denominator: { kind: 'calendar' },
  excused: 0,
};

/** What a snapshot has of a contract that promises more than its availability. */
export function promising(): Pick<LedgerSnapshot, 'verdicts' | 'measured'> {
  const delays = delayFigures([{ acceptedAt: 0, seen: { lastNotSeen: 0, firstSeen: 400 } }], 1e9);
  const loop = delays === null ? [] : [delays];
  const year = { year: 2026, days: 365, clear: 9, doubtful: 356, faulty: 0, ahead: 355 };
  const unread = { least: null, most: null, passed: null, without: null };
  return {
    verdicts: {
      withoutExclusions: null,
      promises: [{ promise: faultFreeDays, verdict: 'indeterminate', ...unread }],
    },
    measured: { maintenance: 0, year, send: loop, receive: loop },
  };
}
