import { createHash } from 'node:crypto';
import type { Protocol } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import type {
  LedgerSnapshot,
  ObservedResult,
  PublishedTenant,
  PublishedTerms,
} from './observation.ts';

/** What goes to the metrics' thread is copied: only what is published, and never a secret or a transcript. */
export function plainTenant(tenant: PublishedTenant | Tenant): PublishedTenant {
  const { name, contract, tripwires, webmail, mailbox, mailboxes, routes, push } = tenant;
  const addressOf = ({ address }: { readonly address: string }) => ({ address: markOf(address) });
  const driver = webmail?.flow.driver;
  const has = (protocol: Protocol) => (tenant[protocol] === null ? null : {});
  const hasRoute = (route: 'outbound' | 'inbound') => (routes?.[route] ? {} : null);
  return {
    name,
    contract,
    ...(tripwires !== undefined && { tripwires }),
    ...(mailbox !== undefined && { mailbox: addressOf(mailbox) }),
    ...(mailboxes !== undefined && { mailboxes: mailboxes.map(addressOf) }),
    ...(routes !== undefined && {
      routes: { outbound: hasRoute('outbound'), inbound: hasRoute('inbound') },
    }),
    ...(push !== undefined && { push: {} }),
    smtp: has('smtp'),
    imap: has('imap'),
    pop: has('pop'),
    webmail: webmail && { flow: driver === undefined ? {} : { driver } },
  };
}

export function plainResult(result: ObservedResult | ProbeResult): ObservedResult {
  const { tenant, protocol, depth, vouches, endedAt, phases, failure } = result;
  const { monotonicStart, monotonicEnd, certificateNotAfter, pageOpen, mailbox } = result;
  return {
    tenant,
    ...(mailbox !== undefined && { mailbox: markOf(mailbox) }),
    protocol,
    depth,
    vouches,
    endedAt,
    monotonicStart,
    monotonicEnd,
    phases,
    certificateNotAfter,
    ...(pageOpen !== undefined && { pageOpen }),
    failure: failure && { reason: failure.reason },
  };
}

/** Stands for an address, to tell mailboxes apart: the address itself is nobody's business there. */
function markOf(address: string): string {
  return createHash('sha256').update(address).digest('base64url').slice(0, 16);
}

export function plainTerms({ name, target, tiers }: PublishedTerms): PublishedTerms {
  return { name, target, tiers };
}

/** Delays are read here: percentiles are left alone, which would read every message of the month. */
export function plainSnapshot(snapshot: LedgerSnapshot): LedgerSnapshot {
  const { figures, unwatched, verdicts, measured, runs, closedMinutes, unavailable } = snapshot;
  const { withoutExclusions, promises } = verdicts;
  return {
    figures,
    unwatched,
    verdicts: {
      withoutExclusions: withoutExclusions && { minutes: withoutExclusions.minutes },
      promises: promises.map(({ promise, verdict }) => ({ promise, verdict })),
    },
    measured: {
      maintenance: measured.maintenance,
      year: measured.year,
      send: plainDelays(measured.send),
      receive: plainDelays(measured.receive),
    },
    runs: runs
      .filter(({ open }) => open)
      .map(({ open, protocol, attribution, depth }) => ({ open, protocol, attribution, depth })),
    closedMinutes,
    unavailable,
  };
}

function plainDelays(delays: LedgerSnapshot['measured']['send']) {
  return delays === null ? null : delays.map(({ mean, maximum }) => ({ mean, maximum }));
}
