import { randomBytes } from 'node:crypto';
import type { Clock } from '../src/domain/clock.ts';
import { judgeDelivery } from '../src/domain/delivery.ts';
import type { Depth, Protocol } from '../src/domain/protocol.ts';
import type { ProbeResult } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import type { Memory, PendingMessage, Probe, ProbeOutcome } from './probe.ts';

/** What attempts need from the world around them. */
export interface ProbePorts {
  readonly probes: Readonly<Record<Protocol, Probe>>;
  readonly clock: Clock;
  /** Aborts when the daemon stops. */
  readonly signal: AbortSignal;
  memory(tenant: Tenant, protocol: Protocol): Memory;
  /** Accepted messages that this reader has not seen. */
  pending(tenant: Tenant, protocol: Protocol): readonly PendingMessage[];
  /** Messages that every reader has seen, and leftovers: to be removed now. */
  removable(tenant: Tenant): readonly string[];
  removed(tenant: Tenant, tokens: readonly string[]): void;
  began(tenant: Tenant, protocol: Protocol): void;
  ended(tenant: Tenant, protocol: Protocol): void;
  /** Takes a result: stores it, then announces it. */
  report(result: ProbeResult): void;
}

/** A name for one message that nobody else can have used: 96 random bits. */
export function newToken(): string {
  return randomBytes(12).toString('hex');
}

type Message = { readonly token: string; readonly accepted: Promise<number | null> };

/** One attempt of one protocol, from its begin to its report. Never throws. */
async function attempt(
  tenant: Tenant,
  protocol: Protocol,
  ask: { depth: Depth; turn: number; message: Message | null },
  ports: ProbePorts,
): Promise<ProbeOutcome> {
  const reader = protocol !== 'smtp' && ask.depth !== 'connect';
  const pending = reader ? ports.pending(tenant, protocol) : [];
  ports.began(tenant, protocol);
  const outcome = await ports.probes[protocol](
    tenant,
    { ...ask, pending },
    { clock: ports.clock, signal: ports.signal, memory: ports.memory(tenant, protocol) },
  );
  ports.ended(tenant, protocol);
  // What the daemon's own end cut short says nothing of the service.
  if (ports.signal.aborted && outcome.result.failure !== null) return outcome;
  ports.report(
    reader ? await withDelivery(outcome.result, pending, ask.message, tenant) : outcome.result,
  );
  return outcome;
}

/** Adds what the look says of delivery; the round's own message counts if it was accepted by then. */
async function withDelivery(
  result: ProbeResult,
  pending: readonly PendingMessage[],
  message: Message | null,
  tenant: Tenant,
): Promise<ProbeResult> {
  if (result.failure !== null) return result;
  const acceptedAt = message && (await Promise.race([message.accepted, Promise.resolve(null)]));
  const own = message && acceptedAt !== null ? [{ token: message.token, acceptedAt }] : [];
  return judgeDelivery(result, [...pending, ...own], tenant.deliveryAllowance);
}

/**
 * A round: sends a message, and has every reader look for that very message while it is on its way.
 * The readers log in while the message is being sent, so that its arrival is seen as it happens.
 * Each protocol's verdict is its own: if sending fails, the readers still read the anchor.
 */
export async function runRound(
  tenant: Tenant,
  protocols: readonly Protocol[],
  turn: number,
  ports: ProbePorts,
): Promise<void> {
  const sends = protocols.includes('smtp');
  const token = newToken();
  const sending = sends
    ? attempt(tenant, 'smtp', sendingAsk(token, turn), ports)
    : Promise.resolve(null);
  const accepted = sending.then((outcome) => outcome?.result.acceptedAt ?? null);
  const message = sends ? { token, accepted } : null;
  const readers = await Promise.all(
    protocols
      .filter((protocol) => protocol !== 'smtp')
      .map((protocol) => attempt(tenant, protocol, { depth: 'roundtrip', turn, message }, ports)),
  );
  await sending;
  await finish(tenant, readers, ports);
}

/** A single attempt outside of a round. */
export async function runAttemptOf(
  tenant: Tenant,
  protocol: Protocol,
  depth: Depth,
  turn: number,
  ports: ProbePorts,
): Promise<void> {
  const ask =
    protocol === 'smtp' && depth === 'roundtrip'
      ? sendingAsk(newToken(), turn)
      : { depth, turn, message: null };
  await finish(tenant, [await attempt(tenant, protocol, ask, ports)], ports);
}

function sendingAsk(token: string, turn: number) {
  const accepted = Promise.resolve(null);
  return { depth: 'roundtrip' as const, turn, message: { token, accepted } };
}

/** Removes what every reader has seen, in a session that is still open, and logs all of them out. */
async function finish(
  tenant: Tenant,
  outcomes: readonly ProbeOutcome[],
  ports: ProbePorts,
): Promise<void> {
  const sessions = outcomes.flatMap(({ finish }) => finish ?? []);
  if (sessions.length === 0) return;
  const tokens = ports.removable(tenant);
  const removed = await Promise.all(
    sessions.map((session, index) => session(index === 0 ? tokens : [])),
  );
  ports.removed(tenant, removed.flat());
}
