import { judgeDelivery, looksOf } from '../src/domain/delivery.ts';
import type { Depth, Protocol } from '../src/domain/protocol.ts';
import { isFull } from '../src/domain/quota.ts';
import type { ProbeResult } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import type { LookedForMessage, ProbePorts } from './ports.ts';
import type { Ask, ProbeOutcome, Watch } from './probe.ts';

/** A message that an attempt waits for. */
export type Message = NonNullable<Ask['message']> & {
  /** From outside: its arrival is evidence of this message, and neither proves nor fails the service. */
  readonly foreign?: boolean;
};

/** One attempt of one protocol, from its begin to its report. Throws only what a port throws. */
export async function attempt(
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

/** Of these only a report came, which is stored by now and can go. */
function bounced(outcomes: readonly ProbeOutcome[]): string[] {
  return outcomes
    .flatMap(({ result }) => result.reports ?? [])
    .filter(({ action }) => action === 'failed')
    .map(({ token }) => token);
}

/** Removes what every reader has seen, in a session that is still open, and logs all of them out. */
export async function finish(
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
