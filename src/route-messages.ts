import { newToken } from '../probes/message.ts';
import { nullMx } from '../probes/mx/exchanges.ts';
import { sendToMx } from '../probes/mx.ts';
import type { ProbePorts } from '../probes/ports.ts';
import type { ProbeContext } from '../probes/probe.ts';
import { runInbound } from '../probes/round.ts';
import type { Route } from './domain/message.ts';
import { refusalOf } from './domain/push.ts';
import type { ProbeResult } from './domain/result.ts';
import { type InboundRoute, type OutboundRoute, sinkAddress } from './domain/route.ts';
import type { Tenant } from './domain/tenant.ts';
import type { Logger } from './log.ts';
import type { MailSink } from './mail-sink.ts';
import type { Observations } from './metrics/observation.ts';
import type { Journal } from './store/journal.ts';
import type { MessageWay } from './store/message-evidence.ts';
import type { MessageStore } from './store/messages.ts';

export interface RouteMessagePorts {
  readonly logger: Logger;
  readonly metrics: Observations;
  readonly messages: MessageStore;
  readonly journal: Pick<Journal, 'keep'>;
  readonly sink: MailSink;
  /** Whether a login is allowed now. */
  readonly may: (tenant: Tenant, protocol: 'smtp' | 'imap') => boolean;
}

/**
 * Pauses before an MX that said «not now» is asked again, ms: greylisting wants minutes. All within the
 * time that a message may be of doubtful fate; what is refused then is refused.
 */
const retryPauses = [60_000, 120_000, 300_000];

/** Sends single messages of the routes beside the loop, and writes what became of the sending. */
export function routeMessages(ports: RouteMessagePorts) {
  const { logger, metrics, messages, journal, sink, may } = ports;
  let turn = 0;

  function contextOf(tenant: Tenant, { clock, signal, memory }: ProbePorts): ProbeContext {
    return { clock, signal, memory: memory(tenant, 'smtp') };
  }

  function record(tenant: Tenant, token: string, result: ProbeResult, way: MessageWay): void {
    const { acceptedAt, refusedAt = null, failure } = result;
    const { route = 'outbound' } = way;
    const refused = acceptedAt === null && refusedAt !== null;
    const outcome = acceptedAt !== null ? 'accepted' : refused ? 'refused' : 'failed';
    metrics.routeSent(tenant.name, route, outcome);
    if (failure !== null)
      logger.warn(failureFields(tenant, route, result), 'a message of the route was not accepted');
    // What never left, and was not refused either, is no message.
    if (result.token === null) return;
    const refusal = refused ? refusalOf(result) : null;
    const row: MessageWay = { ...way, mailbox: tenant.mailbox.address, refusedAt, refusal };
    journal.keep(() => messages.sent(tenant.name, token, result.startedAt, acceptedAt, row));
  }

  /** One try, with IMAP watching the mailbox. */
  async function handIn(
    tenant: Tenant,
    route: InboundRoute,
    token: string,
    probing: ProbePorts,
  ): Promise<ProbeResult> {
    const sent = Promise.withResolvers<ProbeResult>();
    const send = async (): Promise<number | null> => {
      const { result } = await sendToMx(tenant, route, token, contextOf(tenant, probing));
      // Before its arrival can be reported: a sighting belongs to a message that is stored.
      if (result.acceptedAt !== null)
        record(tenant, token, result, { route: 'inbound', sender: route.from });
      sent.resolve(result);
      return result.acceptedAt;
    };
    turn += 1;
    const watched = tenant.imap !== null && may(tenant, 'imap');
    await runInbound(tenant, turn, token, watched, send, probing);
    return sent.promise;
  }

  return {
    /** From the tenant's mailbox to our own MX. */
    async sendOut(tenant: Tenant, { to }: OutboundRoute, probing: ProbePorts): Promise<void> {
      if (!sink.isOpen() || !may(tenant, 'smtp')) return;
      const token = newToken();
      const recipient = sinkAddress(to, token);
      const accepted = Promise.resolve(null);
      const message = { token, accepted, recipient };
      turn += 1;
      const ask = { depth: 'roundtrip', turn, pending: [], message } as const;
      const arrival = sink.await(token, tenant, probing.clock.wall());
      try {
        const { result } = await probing.probes.smtp(tenant, ask, contextOf(tenant, probing));
        if (probing.signal.aborted && result.token === null) return;
        record(tenant, token, result, { route: 'outbound', recipient });
      } finally {
        arrival.recorded();
      }
    },
    /**
     * From our own sender to the tenant's MX.
     * @param waited waits so many ms; false when we are told to stop meanwhile
     */
    async sendIn(
      tenant: Tenant,
      route: InboundRoute,
      probing: ProbePorts,
      waited: (milliseconds: number) => Promise<boolean>,
    ): Promise<void> {
      const token = newToken();
      const way: MessageWay = { route: 'inbound', sender: route.from };
      const report = sink.awaitReport(token);
      try {
        let last: ProbeResult | null = null;
        for (const pause of [0, ...retryPauses]) {
          if (last !== null) {
            const fields = { ...failureFields(tenant, 'inbound', last), milliseconds: pause };
            logger.info(fields, 'a message of the route was not accepted yet: tried again later');
            // Our own end, and not the server's last word.
            if (!(await waited(pause))) return;
          }
          const result = await handIn(tenant, route, token, probing);
          if (probing.signal.aborted && result.token === null) return;
          last = result;
          // The delay begins at the 250: a greylisting server's wish to wait is not the provider's delay.
          if (!isTemporary(result)) break;
        }
        if (last !== null && last.acceptedAt === null) record(tenant, token, last, way);
      } finally {
        report.recorded();
      }
    },
  };
}

/** In words of the closed sets: a server's own stay out of the log. */
function failureFields({ name }: Tenant, route: Route, { address, failure }: ProbeResult) {
  const { phase, reason, code } = failure ?? {};
  return { tenant: name, route, address, phase, reason, code };
}

/** Worth another try: a passing refusal, or nobody there; not once the message may have got through. */
function isTemporary({ acceptedAt, token, refusedAt = null, failure }: ProbeResult): boolean {
  if (acceptedAt !== null || failure === null) return false;
  if (refusedAt !== null) return /^4/.test(failure.code ?? '');
  const isFinal = failure.reason === 'secret-unreadable' || failure.code === nullMx;
  return token === null && !isFinal;
}
