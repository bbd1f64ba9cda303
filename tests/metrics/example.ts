import { plainTerms } from '../../src/domain/contract.ts';
import { figuresOf } from '../../src/domain/figures.ts';
import type { MinuteCount } from '../../src/domain/ledger.ts';
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
    webmail: { url: 'https://a/', ca: null, flow: { name: 'page', steps: [] } },
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

/** A month of 1000 minutes under a target of 99 %. */
export function snapshotOf(
  minutes: Partial<MinuteCount>,
  closed: Partial<MinuteCount>,
  unavailable = false,
): LedgerSnapshot {
  const contract = {
    ...plainTerms,
    name: 'standard',
    title: 'Standard',
    protocols: ['imap'],
    combination: 'any',
    threshold: 60_000,
    depth: 'login',
    target: { numerator: 99, denominator: 100 },
  } as const;
  const figures = figuresOf(contract, { from: 0, to: 60_000_000 }, countOf(minutes));
  return { figures, closedMinutes: countOf(closed), unavailable };
}
