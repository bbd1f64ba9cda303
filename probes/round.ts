import type { Clock } from '../src/domain/clock.ts';
import { judgeDelivery, looksOf } from '../src/domain/delivery.ts';
import type { Depth, Protocol, ReadingProtocol } from '../src/domain/protocol.ts';
import { isFull } from '../src/domain/quota.ts';
import type { ProbeResult } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { newPostedToken, newToken } from './message.ts';
import type { Ask, Memory, PendingMessage, Probe, ProbeOutcome, Watch } from './probe.ts';

/** A message to look for; `excused`: its absence is no outage, this reader has seen a newer one, say. */
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
  /**
   * Messages that this reader has not seen. For a round only those that it has to look for: what is
   * lost is left to the watch, and looked for when that is due.
   */
  pending(tenant: Tenant, protocol: Protocol, watch: boolean): readonly LookedForMessage[];
  /**
   * Messages to be removed now: every reader has seen them, or they have stayed long enough. Those in
   * Junk, and those of which there is only a report, are for the watch.
   * @param present tokens that were come across: of them also those that should be gone already
   */
  removable(tenant: Tenant, watch: boolean, present: readonly string[]): readonly string[];
  /** Whether the mailbox was full when its quota was last read. */
  full(tenant: Tenant): boolean;
  removed(tenant: Tenant, tokens: readonly string[]): void;
  /** Whether a message is due to be sent by the tenant's webmail, and that one was. */
  readonly posting: { due(tenant: Tenant): boolean; done(tenant: Tenant): void };
  began(tenant: Tenant, protocol: Protocol): void;
  ended(tenant: Tenant, protocol: Protocol): void;
  /** Takes a result: stores it, then announces it. */
  report(result: ProbeResult): void;
}

type Message = NonNullable<Ask['message']> & {
  /** From outside: its arrival is evidence of this message, and neither proves nor fails the service. */
  readonly foreign?: boolean;
};

/** One attempt of one protocol, from its begin to its report. Throws only what a port throws. */
async function attempt(
  tenant: Tenant,
  protocol: Protocol,
  ask: {
    depth: Depth;
    turn: number;
    message: Message | null;
    post?: string | null;
    watch?: Watch | undefined;
  },
  ports: ProbePorts,
): Promise<ProbeOutcome> {
  const reader = protocol !== 'smtp' && ask.depth !== 'connect';
  const pending = reader ? ports.pending(tenant, protocol, ask.watch !== undefined) : [];
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
  const { result } = outcome;
  const full = isFull(result.quota ?? []) ?? ports.full(tenant);
  const given = { pending, message: ask.message, full };
  ports.report(reader ? await withDelivery(result, given, tenant) : result);
  return outcome;
}

/** Adds what the look says of delivery; the round's own message counts if it was accepted by then. */
async function withDelivery(
  result: ProbeResult,
  {
    pending,
    message,
    full,
  }: {
    readonly pending: readonly LookedForMessage[];
    readonly message: Message | null;
    readonly full: boolean;
  },
  tenant: Tenant,
): Promise<ProbeResult> {
  const acceptedAt = message && (await Promise.race([message.accepted, Promise.resolve(null)]));
  const excused = message?.foreign === true;
  const own = message && acceptedAt !== null ? [{ token: message.token, acceptedAt, excused }] : [];
  const asked: readonly LookedForMessage[] = [...pending, ...own];
  const awaited = asked.filter((one) => one.excused !== true);
  const looks = looksOf(result, asked);
  const vouches = excused && result.vouches === 'roundtrip' ? 'login' : result.vouches;
  return judgeDelivery({ ...result, vouches, looks }, awaited, tenant.deliveryAllowance, full);
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

/**
 * A message from outside, and IMAP watching its arrival as in a round. The other readers look for it in
 * their rounds: POP locks the mailbox, and would be in their way.
 * @param send hands the message in; gives its acceptance, null if there was none; must not reject
 */
export async function runInbound(
  tenant: Tenant,
  turn: number,
  token: string,
  watched: boolean,
  send: () => Promise<number | null>,
  ports: ProbePorts,
): Promise<void> {
  const gate = readersGate(watched ? ['imap'] : []);
  const accepted = gate.open.then(send);
  if (watched) {
    const ready = () => gate.ready('imap');
    const message = { token, accepted, ready, foreign: true };
    const ask = { depth: 'roundtrip' as const, turn, message };
    const outcome = await attempt(tenant, 'imap', ask, ports).finally(ready);
    await finish(tenant, [outcome], ports);
  }
  await accepted;
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

/** One session of the message watch: looks for all that this reader has not seen (measurement §6). */
export async function runWatch(
  tenant: Tenant,
  protocol: ReadingProtocol,
  turn: number,
  watch: Watch,
  ports: ProbePorts,
): Promise<void> {
  const ask = { depth: 'roundtrip' as const, turn, message: null, watch };
  await finish(tenant, [await attempt(tenant, protocol, ask, ports)], ports, true);
}

function sendingAsk(token: string, turn: number) {
  const accepted = Promise.resolve(null);
  return { depth: 'roundtrip' as const, turn, message: { token, accepted } };
}

/** Of these only a report came, which is stored by now and can go. */
function bounced(outcomes: readonly ProbeOutcome[]): string[] {
  return outcomes
    .flatMap(({ result }) => result.reports ?? [])
    .filter(({ action }) => action === 'failed')
    .map(({ token }) => token);
}

/** Removes what every reader has seen, in a session that is still open, and logs all of them out. */
async function finish(
  tenant: Tenant,
  outcomes: readonly ProbeOutcome[],
  ports: ProbePorts,
  watch = false,
): Promise<void> {
  const sessions = outcomes.flatMap(({ finish }) => finish ?? []);
  if (sessions.length === 0) return;
  let tokens: readonly string[] = [];
  let removed: readonly string[][] = [];
  try {
    const present = outcomes.flatMap(({ result: { copies = [], reports = [] } }) => [
      ...copies,
      ...reports,
    ]);
    const known = ports.removable(
      tenant,
      watch,
      present.map(({ token }) => token),
    );
    tokens = [...new Set([...known, ...bounced(outcomes)])];
  } finally {
    // Whatever happens to us, nobody stays logged in.
    removed = await Promise.all(
      sessions.map(async (session, index) => [...(await session(index === 0 ? tokens : []))]),
    );
  }
  ports.removed(tenant, removed.flat());
}
