import { newToken } from '../probes/message.ts';
import { sendToMx } from '../probes/mx.ts';
import type { ProbeContext } from '../probes/probe.ts';
import { type ProbePorts, runInbound } from '../probes/round.ts';
import { type BounceClass, bounceClassOf } from './domain/message.ts';
import type { ProbeResult } from './domain/result.ts';
import { type InboundRoute, type OutboundRoute, sinkAddress } from './domain/route.ts';
import type { Tenant } from './domain/tenant.ts';
import type { Logger } from './log.ts';
import type { MailSink } from './mail-sink.ts';
import type { Observations } from './metrics/observation.ts';
import { type RoutedTenant, startRouteRuns } from './schedule/route-plan.ts';
import type { Journal } from './store/journal.ts';
import type { MessageStore, MessageWay } from './store/messages.ts';
import type { createWork } from './work.ts';

export interface RoutesPorts {
  readonly timer: (delay: number, call: () => void) => () => void;
  readonly logger: Logger;
  readonly metrics: Observations;
  readonly probing: Omit<ProbePorts, 'signal'>;
  readonly messages: MessageStore;
  readonly journal: Pick<Journal, 'keep'>;
  readonly sink: MailSink | null;
  /** Whether a login is allowed now. */
  readonly may: (tenant: Tenant, protocol: 'smtp' | 'imap') => boolean;
  readonly work: ReturnType<typeof createWork>;
}

/**
 * Pauses before an MX that said «not now» is asked again, ms: greylisting wants minutes. All within the
 * time that a message may be of doubtful fate; what is refused then is refused.
 */
const retryPauses = [60_000, 120_000, 300_000];

/** Sends the messages of the routes beside the loop. Their outcome is evidence of delay and fate only. */
export function startRoutes(tenants: readonly Tenant[], ports: RoutesPorts) {
  const { timer, logger, metrics, messages, journal, sink, may, work } = ports;
  const { clock } = ports.probing;
  const running = new Map<Tenant, { stop(): void }>();
  const waiting = new Map<() => void, Tenant>();
  let turn = 0;

  function contextOf(tenant: Tenant, { signal, memory }: ProbePorts): ProbeContext {
    return { clock, signal, memory: memory(tenant, 'smtp') };
  }

  /** Writes what became of the sending; true if the message may be on its way. */
  function record(tenant: Tenant, token: string, result: ProbeResult, way: MessageWay): boolean {
    const { acceptedAt, refusedAt = null, failure } = result;
    const { route = 'outbound' } = way;
    const refused = acceptedAt === null && refusedAt !== null;
    const outcome = acceptedAt !== null ? 'accepted' : refused ? 'refused' : 'failed';
    metrics.routeSent(tenant.name, route, outcome);
    if (failure !== null)
      logger.warn(
        { tenant: tenant.name, route, reason: failure.reason, code: failure.code },
        'a message of the route was not accepted',
      );
    // What never left, and was not refused either, is no message.
    if (result.token === null) return false;
    const refusal = refused ? refusalOf(result) : null;
    const row: MessageWay = { ...way, refusedAt, refusal };
    journal.keep(() => messages.sent(tenant.name, token, result.startedAt, acceptedAt, row));
    return !refused;
  }

  async function sendOut(
    tenant: Tenant,
    { to }: OutboundRoute,
    probing: ProbePorts,
  ): Promise<void> {
    if (sink === null || !may(tenant, 'smtp')) return;
    const token = newToken();
    const recipient = sinkAddress(to, token);
    const accepted = Promise.resolve(null);
    const message = { token, accepted, recipient };
    turn += 1;
    const ask = { depth: 'roundtrip', turn, pending: [], message } as const;
    const arrival = sink.await(token, tenant, clock.wall());
    try {
      const { result } = await probing.probes.smtp(tenant, ask, contextOf(tenant, probing));
      if (probing.signal.aborted && result.token === null) return;
      record(tenant, token, result, { route: 'outbound', recipient });
    } finally {
      arrival.recorded();
    }
  }

  async function sendIn(tenant: Tenant, route: InboundRoute, probing: ProbePorts): Promise<void> {
    const token = newToken();
    const way: MessageWay = { route: 'inbound', sender: route.from };
    let last: ProbeResult | null = null;
    for (const pause of [0, ...retryPauses]) {
      if (pause > 0 && !(await waited(tenant, pause))) break;
      const result = await handIn(tenant, route, token, probing);
      if (probing.signal.aborted && result.token === null) return;
      last = result;
      // The delay begins at the 250: a greylisting server's wish to wait is not the provider's delay.
      if (!isTemporary(result)) break;
    }
    if (last !== null && last.acceptedAt === null) record(tenant, token, last, way);
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

  /** False when we are told to stop meanwhile. */
  function waited(tenant: Tenant, milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (went: boolean): void => {
        waiting.delete(stop);
        cancel();
        resolve(went);
      };
      const stop = () => end(false);
      const cancel = timer(milliseconds, () => end(true));
      waiting.set(stop, tenant);
    });
  }

  function begin(tenant: Tenant): void {
    const { outbound = null, inbound = null } = tenant.routes ?? {};
    const run = ({ route }: RoutedTenant): Promise<void> =>
      new Promise((resolve) => {
        work.begin(tenant, async (signal) => {
          const probing = { ...ports.probing, signal };
          try {
            if (route === 'outbound') await (outbound && sendOut(tenant, outbound, probing));
            else await (inbound && sendIn(tenant, inbound, probing));
          } finally {
            resolve();
          }
        });
      });
    const runs = startRouteRuns(routedOf(tenant), { clock, timer, random: Math.random, run });
    running.set(tenant, runs);
  }

  /** Begins nothing more for a tenant; what is being sent is not touched. */
  function end(tenant: Tenant): void {
    running.get(tenant)?.stop();
    running.delete(tenant);
    for (const [stop, owner] of waiting) if (owner === tenant) stop();
  }

  for (const tenant of tenants) begin(tenant);
  return {
    begin,
    end,
    stop(): void {
      for (const tenant of [...running.keys()]) end(tenant);
    },
  };
}

function routedOf({ name, routes }: Tenant): RoutedTenant[] {
  const { outbound = null, inbound = null } = routes ?? {};
  return [
    ...(outbound === null
      ? []
      : [{ tenant: name, route: 'outbound' as const, interval: outbound.interval }]),
    ...(inbound === null
      ? []
      : [{ tenant: name, route: 'inbound' as const, interval: inbound.interval }]),
  ];
}

/** Worth another try: a passing refusal, or nobody there; not once the message may have got through. */
function isTemporary({ acceptedAt, token, refusedAt = null, failure }: ProbeResult): boolean {
  if (acceptedAt !== null || failure === null) return false;
  if (refusedAt !== null) return /^4/.test(failure.code ?? '');
  return token === null && failure.reason !== 'secret-unreadable';
}

function refusalOf({ failure }: ProbeResult): BounceClass {
  const [, enhanced = null] = /^\d{3} (\d\.\d{1,3}\.\d{1,3})$/.exec(failure?.code ?? '') ?? [];
  if (failure?.reason === 'mailbox-full') return 'full';
  if (failure?.reason === 'policy-blocked') return 'policy';
  if (/^4/.test(failure?.code ?? '')) return 'soft';
  return bounceClassOf(enhanced);
}
