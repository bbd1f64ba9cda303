import { createHash } from 'node:crypto';
import type { Case } from '../domain/case.ts';
import type { Contract } from '../domain/contract.ts';
import { controlsAfter, controlsBefore } from '../domain/control.ts';
import { changesBefore } from '../domain/dns.ts';
import type { Attempt } from '../domain/evidence.ts';
import { countedExclusions } from '../domain/exclusion.ts';
import { type Interval, minuteLength } from '../domain/interval.ts';
import { contextBefore } from '../domain/judge.ts';
import { namedSince } from '../domain/mailboxes.ts';
import {
  type Depth,
  isReading,
  type Protocol,
  type ReadingProtocol,
  reaches,
  shallower,
} from '../domain/protocol.ts';
import {
  byMailbox,
  deepestDepth,
  mailboxesOf,
  protocolsOf,
  type Tenant,
} from '../domain/tenant.ts';
import type { Recipient } from '../store/awaited-messages.ts';
import { controlStore } from '../store/controls.ts';
import { dnsStore } from '../store/dns.ts';
import { exclusionStore } from '../store/exclusions.ts';
import { incidentStore } from '../store/incidents.ts';
import { mailboxStore } from '../store/mailboxes.ts';
import { messageStore } from '../store/messages.ts';
import type { Connection } from '../store/open.ts';
import { reattributionStore } from '../store/reattributions.ts';
import { attemptReader } from '../store/results.ts';

/** An attempt is on disk at the latest this long after its deadline, ms. */
const writingMargin = 5_000;
/** A message older than this is lost and no longer awaited, ms. */
export const lostAfter = 24 * 60 * minuteLength;
const mostAwaited = 200;

/** Brings together from the store what the judge needs for a stretch of minutes. */
export function openCases(connection: Connection) {
  const attempts = attemptReader(connection);
  const mailboxes = mailboxStore(connection);
  const messages = messageStore(connection);
  const incidents = incidentStore(connection);
  const controls = controlStore(connection);
  const dns = dnsStore(connection);
  const exclusions = exclusionStore(connection);
  const reattributions = reattributionStore(connection);

  /** Acceptance of the messages that each reader still has to see at `now`, newer than the newest it saw. */
  function awaited(tenant: Tenant, now: number): Map<Protocol, number[]> {
    const since = now - lostAfter;
    return new Map(
      readersOf(tenant).map((protocol) => [
        protocol,
        byMailbox(tenant).flatMap((one) => awaitedIn(one, protocol, since)),
      ]),
    );
  }

  function awaitedIn(one: Tenant, protocol: ReadingProtocol, since: number): number[] {
    const { name } = one;
    const recipient = recipientOf(one);
    const seen = messages.newestSeenBy(name, protocol, since, recipient) ?? -Infinity;
    const waiting = messages.awaitedBy(name, protocol, since, mostAwaited, recipient);
    // What comes from outside is evidence of delay and fate, never of an outage.
    const own = waiting.filter(({ route, acceptedAt }) => route === 'loop' && acceptedAt > seen);
    return own.map(({ acceptedAt }) => acceptedAt);
  }

  function excluded(tenant: Tenant, contract: Contract, until: number): readonly Interval[] {
    const zone = zoneOf(tenant, contract);
    const entered = exclusions.list(tenant.name);
    return countedExclusions(contract.maintenance, entered, zone, until).counted;
  }

  return {
    /** End of the tenant's first result, wall ms; null if there is none. */
    firstEnd: (tenant: string): number | null => attempts.firstEnd(tenant),
    /** By reader; see `Case.pending`. */
    awaited,
    /** The exclusions that count by the contract's rule, as of `until`. */
    excluded,
    /** @param pending what is awaited at the time of judging */
    caseOf(tenant: Tenant, contract: Contract, stretch: Interval, pending: Case['pending']): Case {
      const before = stretch.from - contextBefore(contract);
      const after = stretch.to + 1;
      const eras = mailboxes.eras(tenant.name);
      const several = {
        since: namedSince(eras),
        mailboxes: [...new Set(eras.flatMap((era) => era.mailboxes))],
      };
      const judged = judgedProtocols(tenant, contract);
      const shallow = [...judged]
        .filter(([, deepest]) => shallower(contract.depth, deepest) === 'connect')
        .map(([protocol]) => protocol);
      const tried = attempts.attempts(tenant.name, before, after, { ...several, shallow });
      const around = controlsAround(tried);
      return {
        contract,
        protocols: judged,
        stretch,
        mailboxes: eras,
        attempts: tried,
        pending,
        blind: incidents.blind(before, after),
        controls: around === null ? [] : controls.results(around.from, around.to),
        domainChanges: dns.changesBearingOn(tenant.name, {
          from: before - changesBefore,
          to: after,
        }),
        loginApart: tenant.push?.judged ? 'smtp' : null,
        exclusions: excluded(tenant, contract, stretch.to),
        reattributions: reattributions.list(tenant.name),
        deliveryAllowance: tenant.deliveryAllowance,
        settling: tenant.attemptDeadline + writingMargin,
      };
    },
  };
}
/** The time whose looks at the control targets can speak of a failure; null: nothing failed. */
function controlsAround(attempts: readonly Attempt[]): Interval | null {
  let [from, to] = [Infinity, -Infinity];
  for (const { failure, startedAt, endedAt } of attempts) {
    if (failure === null) continue;
    from = Math.min(from, startedAt, failure.provenFrom);
    to = Math.max(to, endedAt, failure.provenTo);
  }
  return from > to ? null : { from: from - controlsBefore, to: to + controlsAfter };
}
export type Cases = ReturnType<typeof openCases>;

/** The zone of the contract's months: its own, else the tenant's. */
export function zoneOf(tenant: Tenant, contract: Contract): string {
  return contract.zone ?? tenant.zone;
}

/** The protocols that both the contract and the tenant name. */
export function judgedProtocols(tenant: Tenant, contract: Contract): Map<Protocol, Depth> {
  return new Map(
    protocolsOf(tenant)
      .filter((protocol) => contract.protocols.includes(protocol))
      .map((protocol) => [protocol, deepestDepth(tenant, protocol)]),
  );
}

/** Whose messages a probe of this mailbox looks for; a tenant with one mailbox does not ask. */
export function recipientOf(tenant: Tenant): Recipient | null {
  const all = mailboxesOf(tenant);
  const { address } = tenant.mailbox;
  return all.length === 1 ? null : { address, first: all[0]?.address === address };
}

/** The protocols by which this tenant's messages are seen. */
export function readersOf(tenant: Tenant): ReadingProtocol[] {
  return protocolsOf(tenant)
    .filter(isReading)
    .filter((protocol) => reaches(deepestDepth(tenant, protocol), 'roundtrip'));
}

/** Hash of all that decides a minute's state besides the evidence: other terms, another ledger. */
export function termsOf(tenant: Tenant, contract: Contract): string {
  const { protocols, combination, threshold, depth, maintenance, zone, users } = contract;
  const judged = [...judgedProtocols(tenant, contract)];
  const terms = [protocols, combination, threshold, depth, maintenance, zone, judged];
  const own = [zoneOf(tenant, contract), tenant.deliveryAllowance, tenant.attemptDeadline];
  return createHash('sha256')
    .update(JSON.stringify(mailboxesOf(tenant).length > 1 ? [terms, own, users] : [terms, own]))
    .digest('hex');
}
