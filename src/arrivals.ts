import { readDeliveryReport, reportLimit } from '../probes/delivery-report.ts';
import { recognise } from '../probes/recognise.ts';
import type { Clock } from './domain/clock.ts';
import { watchedFor } from './domain/delay-sums.ts';
import type { Sighting } from './domain/result.ts';
import type { Tenant } from './domain/tenant.ts';
import type { Observations } from './metrics/observation.ts';
import type { Intake } from './sink/intake.ts';
import type { Delivery } from './sink/server.ts';
import type { Journal } from './store/journal.ts';
import type { MessageStore } from './store/messages.ts';

export interface ArrivalPorts {
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'keep'>;
  readonly messages: MessageStore;
  readonly metrics: Observations;
  readonly tenants: () => readonly Tenant[];
}

/** A message that is being sent: the sink may see it before its sender knows that it was accepted. */
interface Underway {
  readonly tenant: Tenant;
  readonly sentAt: number;
  sighting: Sighting | null;
}

/** Transactions that were begun and not ended, of which the beginning is remembered; reports that were taken. */
const mostRemembered = 1_000;
/** Reports about one message that are taken: it is delayed, then it fails. */
const mostReports = 5;

/**
 * What the sink knows of our messages: which are on their way to it, when the provider began to transmit
 * each, and which delivery reports about the messages of our own sender may come.
 */
export function sinkArrivals(ports: ArrivalPorts) {
  const { clock, journal, messages, metrics, tenants } = ports;
  const underway = new Map<string, Underway>();
  const begun = new Map<string, number>();
  /** Messages of our own sender that are being handed in; settles when they are stored. */
  const handedIn = new Map<string, Promise<void>>();
  const reports = new Map<string, number>();
  /** Since when nobody was turned away: a sender that was may have tried to transmit before. Wall ms. */
  let openSince = clock.wall();

  /** The message that is on its way here; null: none, or it has been here already. */
  function expected(token: string): Pick<Underway, 'tenant' | 'sentAt'> | null {
    const sending = underway.get(token);
    if (sending !== undefined) return sending.sighting === null ? sending : null;
    const stored = messages.expected(token, clock.wall() - watchedFor);
    if (stored?.route !== 'outbound') return null;
    const tenant = tenants().find(({ name }) => name === stored.tenant);
    return tenant === undefined ? null : { tenant, sentAt: stored.sentAt };
  }

  function isReportable(token: string): boolean {
    if ((reports.get(token) ?? 0) >= mostReports) return false;
    if (handedIn.has(token)) return true;
    const stored = messages.expected(token, clock.wall() - watchedFor);
    return stored?.route === 'inbound' && stored.acceptedAt !== null;
  }

  function keep(tenant: Tenant, sighting: Sighting): void {
    journal.keep(() => messages.seen('sink', sighting));
    const acceptedAt = messages.acceptedAt(sighting.token);
    if (acceptedAt === null) return;
    const seconds = (sighting.firstSeen - acceptedAt) / 1000;
    metrics.delay({ tenant: tenant.name, route: 'outbound', protocol: 'sink', seconds });
  }

  /** What comes to the return path of our own sender: a report that counts, or nothing (an absence note, say). */
  async function read(token: string, head: Uint8Array): Promise<void> {
    const report = await readDeliveryReport(head.subarray(0, reportLimit), '', clock.wall(), token);
    await handedIn.get(token);
    if (report !== null) journal.keep(() => messages.reported(report));
  }

  function takeReport(token: string, { head }: Intake): boolean {
    if (!isReportable(token)) return false;
    if (reports.size >= mostRemembered) reports.clear();
    reports.set(token, (reports.get(token) ?? 0) + 1);
    void read(token, head);
    return true;
  }

  return {
    /** Whether a message with this token, or a report about it, may come. */
    expects({ token, begunAt, report }: Delivery): boolean {
      if (report) return isReportable(token);
      if (expected(token) === null) return false;
      if (begun.size >= mostRemembered) begun.clear();
      begun.set(token, Math.min(begunAt, begun.get(token) ?? Infinity));
      return true;
    },
    /** Takes what came; false if it is not what was sent with this token. */
    take({ token, begunAt, report }: Delivery, intake: Intake): boolean {
      if (report) return takeReport(token, intake);
      const message = expected(token);
      if (message === null) return false;
      const { tenant, sentAt } = message;
      if (recognise(intake.header, tenant.mailbox.address).token !== token) return false;
      const firstSeen = begun.get(token) ?? begunAt;
      begun.delete(token);
      const watched = sentAt >= openSince;
      const sighting = { token, lastNotSeen: watched ? firstSeen - 1 : null, firstSeen };
      const sending = underway.get(token);
      if (sending === undefined) keep(tenant, sighting);
      else sending.sighting = sighting;
      return true;
    },
    /** Somebody was turned away just now, or the sink was not there. */
    missed(): void {
      openSince = clock.wall();
    },
    /** A message is about to be sent here. `recorded` must be called once it is stored, or never left. */
    await(token: string, tenant: Tenant, sentAt: number): { recorded(): void } {
      const sending: Underway = { tenant, sentAt, sighting: null };
      underway.set(token, sending);
      return {
        recorded(): void {
          underway.delete(token);
          if (sending.sighting !== null) keep(tenant, sending.sighting);
        },
      };
    },
    /** A message of our own sender is about to be handed in elsewhere; as above. */
    awaitReport(token: string): { recorded(): void } {
      const stored = Promise.withResolvers<void>();
      handedIn.set(token, stored.promise);
      return {
        recorded(): void {
          handedIn.delete(token);
          stored.resolve();
        },
      };
    },
  };
}
