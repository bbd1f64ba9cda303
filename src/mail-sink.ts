import { recognise } from '../probes/message.ts';
import type { Clock } from './domain/clock.ts';
import { watchedFor } from './domain/delay-sums.ts';
import type { Sighting } from './domain/result.ts';
import type { Sink } from './domain/route.ts';
import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger } from './log.ts';
import type { Observations } from './metrics/observation.ts';
import { type Delivery, startSink } from './sink/server.ts';
import type { Journal } from './store/journal.ts';
import type { MessageStore } from './store/messages.ts';

export interface MailSinkPorts {
  readonly clock: Clock;
  readonly logger: Logger;
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

/** Transactions that were begun and not ended, of which the beginning is remembered. */
const mostBegun = 1_000;

/**
 * The sink, and what it knows of our messages: it takes those that are on their way, and writes when the
 * provider began to transmit each. @throws Error with the remedy when it cannot be started
 */
export async function openMailSink(sink: Sink, ports: MailSinkPorts) {
  const { clock, logger, journal, messages, metrics, tenants } = ports;
  const underway = new Map<string, Underway>();
  const begun = new Map<string, number>();
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

  function expects({ token, begunAt, report }: Delivery): boolean {
    // A bounce is never an arrival; and none of ours comes here, for the tenant's mailbox is the sender.
    if (report || expected(token) === null) return false;
    if (begun.size >= mostBegun) begun.clear();
    begun.set(token, Math.min(begunAt, begun.get(token) ?? Infinity));
    return true;
  }

  function keep(tenant: Tenant, sighting: Sighting): void {
    journal.keep(() => messages.seen('sink', sighting));
    const acceptedAt = messages.acceptedAt(sighting.token);
    if (acceptedAt === null) return;
    const seconds = (sighting.firstSeen - acceptedAt) / 1000;
    metrics.delay({ tenant: tenant.name, route: 'outbound', protocol: 'sink', seconds });
  }

  function take({ token, begunAt }: Delivery, header: string): boolean {
    const message = expected(token);
    if (message === null) return false;
    const { tenant, sentAt } = message;
    if (recognise(header, tenant.mailbox.address).token !== token) return false;
    const firstSeen = begun.get(token) ?? begunAt;
    begun.delete(token);
    const watched = sentAt >= openSince;
    const sighting = { token, lastNotSeen: watched ? firstSeen - 1 : null, firstSeen };
    const sending = underway.get(token);
    if (sending === undefined) keep(tenant, sighting);
    else sending.sighting = sighting;
    return true;
  }

  const running = await startSink(sink, {
    clock,
    expects,
    take,
    connected: () => metrics.own.sinkConnected(),
    refused(reason) {
      metrics.own.sinkRefused(reason);
      if (reason === 'connections' || reason === 'rate') openSince = clock.wall();
    },
    certificateFault: (error) =>
      logger.error({ fault: describe(error) }, 'the sink’s new certificate cannot be used'),
  });
  metrics.own.beginSink();

  return {
    port: running.port,
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
    close: running.close,
  };
}
export type MailSink = Awaited<ReturnType<typeof openMailSink>>;
