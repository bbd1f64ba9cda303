import { type InboundRoute, sinkAddress } from '../src/domain/route.ts';
import type { Endpoint, Tenant } from '../src/domain/tenant.ts';
import { type Attempt, runAttempt } from './attempt.ts';
import { startDeadline } from './deadline.ts';
import { Fault } from './failure.ts';
import { plainAddress, probeMessage } from './message.ts';
import { type Exchange, exchangesOf } from './mx/exchanges.ts';
import { signed } from './mx/signature.ts';
import type { ProbeContext, ProbeOutcome } from './probe.ts';
import { SmtpClient } from './smtp/client.ts';

/** Failures of one host after which the next one is tried: it was not heard of the message. */
const unreached: ReadonlySet<string> = new Set([
  'name-not-found',
  'dns-failed',
  'no-route',
  'connection-refused',
  'connection-reset',
  'connection-closed',
  'tls-failed',
  'timeout',
]);

/**
 * Hands a message of ours to the tenant's MX as any other mail server would, with STARTTLS where it is
 * offered, whatever the certificate. Its outcome is evidence of this message only, never of the
 * protocol `smtp`, which is the submission. Never throws.
 * @param exchanges default: by the system's name servers
 */
export function sendToMx(
  tenant: Tenant,
  route: InboundRoute,
  token: string,
  context: ProbeContext,
  exchanges: typeof exchangesOf = exchangesOf,
): Promise<ProbeOutcome> {
  const ask = { depth: 'roundtrip', turn: 0, message: null, pending: [] } as const;
  return runAttempt(tenant, 'smtp', ask, context, async (attempt) => {
    const recipient = plainAddress(tenant.mailbox.address);
    const sender = plainAddress(route.from);
    const plain = probeMessage({ token, address: sender, recipient, at: attempt.now() });
    const text = route.dkim === null ? plain : await signedBy(attempt, plain, route.dkim);
    const client = await reach(attempt, tenant, route, exchanges).catch((error: unknown) => {
      // Also a greeting can refuse us.
      const answer = error instanceof Fault ? error.code : null;
      if (/^[45]\d\d\b/.test(answer ?? '')) attempt.evidence.refused(token, attempt.now());
      throw error;
    });
    const returnPath = route.reports ? sinkAddress(sender, token) : sender;
    await client.send({ token, sender: returnPath, recipient, text });
    return null;
  });
}

async function signedBy(attempt: Attempt, text: string, key: NonNullable<InboundRoute['dkim']>) {
  try {
    return await signed(text, key);
  } catch {
    // The library's words may hold a part of the key.
    return attempt.fail('secret-unreadable', 'the DKIM key could not be read or used', 'DKIM');
  }
}

/** Connects to the first host that answers, and says EHLO. @throws Fault of the last one */
async function reach(
  attempt: Attempt,
  tenant: Tenant,
  route: InboundRoute,
  exchanges: typeof exchangesOf,
): Promise<SmtpClient> {
  const { address } = tenant.mailbox;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const hosts = route.mx === null ? await exchanges(domain, attempt.signal) : [route.mx];
  let last: unknown = null;
  for (const [index, host] of hosts.entries()) {
    try {
      return await within(attempt, hosts.length - index, (signal) =>
        greet(attempt, host, route.helo, signal),
      );
    } catch (error) {
      const isOver = attempt.signal.aborted;
      if (isOver || !(error instanceof Fault) || !unreached.has(error.reason)) throw error;
      last = error;
    }
  }
  throw last;
}

/** One of so many hosts gets its share of the time that is left: one that is silent leaves some to the others. */
async function within(
  attempt: Attempt,
  hosts: number,
  call: (signal: AbortSignal) => Promise<SmtpClient>,
): Promise<SmtpClient> {
  if (hosts <= 1) return call(attempt.signal);
  const share = startDeadline(Math.floor(attempt.remaining() / hosts), attempt.signal);
  try {
    // The connection lives on under the attempt's own signal.
    return await call(AbortSignal.any([attempt.signal, share.signal]));
  } finally {
    share.clear();
  }
}

/** With STARTTLS; in the clear if that fails, rather than not at all (RFC 7435 §3). */
async function greet(
  attempt: Attempt,
  host: Exchange,
  helo: string,
  signal: AbortSignal,
): Promise<SmtpClient> {
  try {
    return await connect(attempt, host, 'starttls', helo, signal);
  } catch (error) {
    const broken = error instanceof Fault && /^(?:tls|starttls|certificate)-/.test(error.reason);
    if (!broken) throw error;
    return connect(attempt, host, 'none', helo, signal);
  }
}

async function connect(
  attempt: Attempt,
  { host, port }: Exchange,
  tls: Endpoint['tls'],
  helo: string,
  signal: AbortSignal,
): Promise<SmtpClient> {
  const endpoint = { host, port, tls, ca: null, servername: null };
  await attempt.dialTo('smtp', endpoint, { timed: true, signal, opportunistic: { helo } });
  return SmtpClient.hello(attempt, helo);
}
