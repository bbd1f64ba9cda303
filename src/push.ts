import { newToken } from '../probes/message.ts';
import type { ProbePorts } from '../probes/ports.ts';
import { sendByPush } from '../probes/smtp.ts';
import { dayPeriod } from './domain/calendar.ts';
import { pushRefusalOf } from './domain/push.ts';
import type { ProbeResult } from './domain/result.ts';
import { mailboxesOf, type PushAccount, type Tenant } from './domain/tenant.ts';
import type { Logger } from './log.ts';
import type { Observations, RouteOutcome } from './metrics/observation.ts';
import type { Journal } from './store/journal.ts';
import type { MessageStore } from './store/messages.ts';
import type { PushStore } from './store/push.ts';

/** What sending takes from the probes' world. */
type Sending = Pick<ProbePorts, 'clock' | 'signal' | 'memory'>;

export interface PushPorts {
  readonly logger: Logger;
  readonly metrics: Pick<Observations, 'routeSent'>;
  readonly messages: MessageStore;
  readonly pushes: PushStore;
  readonly journal: Pick<Journal, 'keep'>;
}

/** A service that asked for patience, or refused the login, is asked again after these, ms. */
const firstPatience = 15 * 60_000;
const longestPatience = 6 * 60 * 60_000;
/** A pause between two messages is at most so much shorter than the interval: a restart sends none early. */
const shortest = 0.8;

/** Sends the messages of the push services: within their budgets, and to the tenants' own mailboxes only. */
export function pushSender({ logger, metrics, messages, pushes, journal }: PushPorts) {
  /** Until when (monotonic ms) a service is left alone, and for how long the next time. */
  const patience = new WeakMap<Tenant, { until: number; next: number }>();
  const elapsed = (probing: Sending) => probing.clock.monotonic() / 1000;

  /** The mailbox whose turn it is; null: nothing is to be sent now. */
  function recipientNow(tenant: Tenant, push: PushAccount, now: number): string | null {
    const { name, zone } = tenant;
    const last = pushes.lastBegun(name);
    if (last !== null && now >= last && now - last < push.interval * shortest) return null;
    const day = dayPeriod(now, zone);
    const sent = pushes.sent(name, day.from, day.to);
    if (sent >= push.budget) {
      if (pushes.usedUp(name, day, now))
        logger.warn(
          { tenant: name, budget: push.budget, sent },
          'the push service’s send budget of this day is used up: no more is sent until the next day',
        );
      return null;
    }
    const recipient = push.to[sent % push.to.length] ?? '';
    if (mailboxesOf(tenant).some(({ address }) => address === recipient)) return recipient;
    // The configuration refuses it already; whatever led here must not reach a stranger (T2.13).
    logger.error(
      { tenant: name },
      'a push to an address that is no mailbox of the tenant: not sent',
    );
    return null;
  }

  function record(
    tenant: Tenant,
    token: string,
    mailbox: string,
    result: ProbeResult,
  ): RouteOutcome {
    const { acceptedAt, refusedAt = null, failure, startedAt, endedAt } = result;
    // What never left, and was not refused either, is no message.
    if (result.token === null) {
      const reason = failure?.reason ?? null;
      journal.keep(() => pushes.notSent(tenant.name, token, reason, endedAt));
      return 'failed';
    }
    const refused = acceptedAt === null && refusedAt !== null;
    const refusal = refused ? pushRefusalOf(result) : null;
    const sender = tenant.push?.account.address ?? null;
    const way = { route: 'push', sender, mailbox, refusedAt, refusal } as const;
    journal.keep(() => messages.sent(tenant.name, token, startedAt, acceptedAt, way));
    return acceptedAt !== null ? 'accepted' : refused ? 'refused' : 'failed';
  }

  /** Backs off from a service that turned us away; a login that is refused again and again gets locked. */
  function learn(tenant: Tenant, { failure }: ProbeResult, now: number): void {
    if (failure?.reason !== 'throttled' && failure?.reason !== 'auth-refused') {
      patience.delete(tenant);
      return;
    }
    const { next } = patience.get(tenant) ?? { next: firstPatience };
    patience.set(tenant, { until: now + next, next: Math.min(next * 2, longestPatience) });
  }

  /** Sends one message, if one may be sent now. */
  return async function send(tenant: Tenant, push: PushAccount, probing: Sending): Promise<void> {
    const { clock, signal } = probing;
    const now = clock.wall();
    const recipient = recipientNow(tenant, push, now);
    const patient = elapsed(probing) < (patience.get(tenant)?.until ?? -Infinity);
    if (recipient === null || patient) return;
    const token = newToken();
    // On disk before it leaves: what cannot be counted is not sent.
    pushes.begun(tenant.name, token, recipient, now);
    const memory = probing.memory(tenant, 'smtp');
    const context = { clock, signal, memory };
    const { result } = await sendByPush(tenant, push, { token, recipient }, context);
    const cut = signal.aborted && result.token === null;
    const outcome = record(tenant, token, recipient, cut ? { ...result, failure: null } : result);
    if (cut) return;
    learn(tenant, result, elapsed(probing));
    metrics.routeSent(tenant.name, 'push', outcome);
    if (result.failure !== null)
      logger.warn(
        {
          tenant: tenant.name,
          route: 'push',
          address: result.address,
          phase: result.failure.phase,
          reason: result.failure.reason,
          code: result.failure.code,
        },
        'a message of the route was not accepted',
      );
  };
}
