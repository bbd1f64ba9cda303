import type { Depth, Protocol, ReadingProtocol } from '../src/domain/protocol.ts';
import { deepestDepth, type Tenant } from '../src/domain/tenant.ts';
import { newPostedToken, newToken } from './message.ts';
import type { ProbePorts } from './ports.ts';
import type { ProbeOutcome, Watch } from './probe.ts';
import { attempt, finish, type Message } from './reporting.ts';

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
  const submits = protocols.includes('smtp');
  const sends = submits && deepestDepth(tenant, 'smtp') === 'roundtrip';
  const token = newToken();
  const others = protocols.filter((protocol) => protocol !== 'smtp');
  const gate = readersGate(others);
  const submission = sends
    ? sendingAsk(token, turn)
    : { depth: 'login' as const, turn, message: null };
  const sending = submits
    ? gate.open.then(() => attempt(tenant, 'smtp', submission, ports))
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
