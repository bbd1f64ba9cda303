import type { Clock } from '../src/domain/clock.ts';
import { judgeDelivery } from '../src/domain/delivery.ts';
import type { Depth, Protocol } from '../src/domain/protocol.ts';
import type { ProbeResult } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { newPostedToken, newToken } from './message.ts';
import type { Ask, Memory, PendingMessage, Probe, ProbeOutcome } from './probe.ts';

/** A message to look for; `excused`: this reader has seen a newer one, so its absence is no outage. */
export interface LookedForMessage extends PendingMessage {
  readonly excused?: boolean;
}

/** What attempts need from the world around them. */
export interface ProbePorts {
  readonly probes: Readonly<Record<Protocol, Probe>>;
  readonly clock: Clock;
  /** Aborts when the daemon stops. */
  readonly signal: AbortSignal;
  memory(tenant: Tenant, protocol: Protocol): Memory;
  /** Accepted messages that this reader has not seen. */
  pending(tenant: Tenant, protocol: Protocol): readonly LookedForMessage[];
  /** Messages that every reader has seen, and leftovers: to be removed now. */
  removable(tenant: Tenant): readonly string[];
  removed(tenant: Tenant, tokens: readonly string[]): void;
  /** Whether a message is due to be sent by the tenant's webmail, and that one was. */
  readonly posting: { due(tenant: Tenant): boolean; done(tenant: Tenant): void };
  began(tenant: Tenant, protocol: Protocol): void;
  ended(tenant: Tenant, protocol: Protocol): void;
  /** Takes a result: stores it, then announces it. */
  report(result: ProbeResult): void;
}

type Message = NonNullable<Ask['message']>;

/** One attempt of one protocol, from its begin to its report. Throws only what a port throws. */
async function attempt(
  tenant: Tenant,
  protocol: Protocol,
  ask: { depth: Depth; turn: number; message: Message | null; post?: string | null },
  ports: ProbePorts,
): Promise<ProbeOutcome> {
  const reader = protocol !== 'smtp' && ask.depth !== 'connect';
  const pending = reader ? ports.pending(tenant, protocol) : [];
  const context = {
    clock: ports.clock,
    signal: ports.signal,
    memory: ports.memory(tenant, protocol),
  };
  ports.began(tenant, protocol);
  const outcome = await ports.probes[protocol](tenant, { ...ask, pending }, context);
  ports.ended(tenant, protocol);
  if (protocol === 'webmail' && outcome.result.token !== null) ports.posting.done(tenant);
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
  pending: readonly LookedForMessage[],
  message: Message | null,
  tenant: Tenant,
): Promise<ProbeResult> {
  if (result.failure !== null) return result;
  const acceptedAt = message && (await Promise.race([message.accepted, Promise.resolve(null)]));
  const own = message && acceptedAt !== null ? [{ token: message.token, acceptedAt }] : [];
  const awaited = pending.filter(({ excused }) => excused !== true);
  return judgeDelivery(result, [...awaited, ...own], tenant.deliveryAllowance);
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
  const others = protocols.filter((protocol) => protocol !== 'smtp');
  const gate = readersGate(others);
  const sending = sends
    ? gate.open.then(() => attempt(tenant, 'smtp', sendingAsk(token, turn), ports))
    : Promise.resolve(null);
  const accepted = sending.then(
    (outcome) => outcome?.result.acceptedAt ?? null,
    () => null,
  );
  const reading = others.map(async (protocol) => {
    const ready = () => gate.ready(protocol);
    const message = sends ? { token, accepted, ready } : null;
    try {
      const ask =
        protocol === 'webmail' && ports.posting.due(tenant)
          ? postingAsk(turn, message)
          : { depth: 'roundtrip' as const, turn, message };
      return await attempt(tenant, protocol, ask, ports);
    } finally {
      ready();
    }
  });
  const ended = await Promise.allSettled([...reading, sending]);
  await finish(
    tenant,
    ended.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : [])),
    ports,
  );
  const posted = ended.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
  await lookForPosted(tenant, others, turn, posted, ports);
  const fault = ended.find((one) => one.status === 'rejected');
  if (fault !== undefined) throw fault.reason;
}

/** A reader that takes longer to open its mailbox is not waited for, ms. */
const gatePatience = 1_500;

/**
 * Opens when every reader waits with its mailbox open, or has ended: a message sent before would have
 * arrived unseen, and the reader's own login would be taken for its delay.
 */
function readersGate(readers: readonly Protocol[]) {
  const missing = new Set(readers);
  const all = Promise.withResolvers<void>();
  const timer = setTimeout(all.resolve, gatePatience);
  const ready = (reader: Protocol): void => {
    missing.delete(reader);
    if (missing.size > 0) return;
    clearTimeout(timer);
    all.resolve();
  };
  if (readers.length === 0) {
    clearTimeout(timer);
    all.resolve();
  }
  return { open: all.promise, ready };
}

/** A single attempt outside of a round. */
export async function runAttemptOf(
  tenant: Tenant,
  protocol: Protocol,
  depth: Depth,
  turn: number,
  ports: ProbePorts,
): Promise<void> {
  const ask = askOf(protocol, depth, turn);
  await finish(tenant, [await attempt(tenant, protocol, ask, ports)], ports);
}

function askOf(protocol: Protocol, depth: Depth, turn: number) {
  if (protocol === 'smtp' && depth === 'roundtrip') return sendingAsk(newToken(), turn);
  return depth === 'send' ? postingAsk(turn, null) : { depth, turn, message: null };
}

function postingAsk(turn: number, message: Message | null) {
  return { depth: 'send' as const, turn, message, post: newPostedToken() };
}

/** A message that the webmail sent came after the others had looked: they look again, and for it alone. */
async function lookForPosted(
  tenant: Tenant,
  readers: readonly Protocol[],
  turn: number,
  outcomes: readonly ProbeOutcome[],
  ports: ProbePorts,
): Promise<void> {
  const posted = outcomes.find(({ result }) => result.protocol === 'webmail')?.result;
  if (posted?.token == null || posted.acceptedAt === null) return;
  const message = { token: posted.token, accepted: Promise.resolve(posted.acceptedAt) };
  const ask = { depth: 'roundtrip' as const, turn, message };
  const others = readers.filter((protocol) => protocol !== 'webmail');
  const looks = await Promise.all(others.map((one) => attempt(tenant, one, ask, ports)));
  await finish(tenant, looks, ports);
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
  let tokens: readonly string[] = [];
  let removed: readonly string[][] = [];
  try {
    tokens = ports.removable(tenant);
  } finally {
    // Whatever happens to us, nobody stays logged in.
    removed = await Promise.all(
      sessions.map(async (session, index) => [...(await session(index === 0 ? tokens : []))]),
    );
  }
  ports.removed(tenant, removed.flat());
}
