import type { Ask, Memory, ProbeContext } from '../../probes/probe.ts';
import type { Clock } from '../../src/domain/clock.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Endpoint, Tenant } from '../../src/domain/tenant.ts';

export const password = 'correct horse/battery+staple';

/** The machine's own clocks: a probe talks to real sockets. */
export const realClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => Number(process.hrtime.bigint() / 1000n),
};

export function endpointAt(port: number, other: Partial<Endpoint> = {}): Endpoint {
  return { host: '127.0.0.1', port, tls: 'none', ca: null, servername: null, ...other };
}

/** A tenant with nothing configured but what the test gives; deadline 600 ms. */
export function tenantWith(parts: Partial<Tenant>): Tenant {
  return {
    name: 'acme',
    contract: 'none',
    zone: 'UTC',
    mailbox: {
      address: 'probe@acme.example',
      username: 'probe@acme.example',
      credential: { kind: 'password', secret: new Secret(() => password) },
    },
    smtp: null,
    imap: null,
    pop: null,
    webmail: null,
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: 600,
    deliveryAllowance: 60_000,
    ...parts,
  };
}

export function asking(other: Partial<Ask> = {}): Ask {
  return { depth: 'login', turn: 0, message: null, pending: [], ...other };
}

export function contextWith(
  other: { readonly memory?: Memory; readonly signal?: AbortSignal } = {},
): ProbeContext {
  const signal = other.signal ?? new AbortController().signal;
  return { clock: realClock, signal, memory: other.memory ?? { anchor: null } };
}

/** What is true of every result, whatever happened. Throws where it is not. */
export function checkInvariants(result: ProbeResult, protocol: Protocol): void {
  const sum = result.phases.reduce((total, { microseconds }) => total + microseconds, 0);
  const faults = [
    result.protocol === protocol || 'protocol',
    sum === result.monotonicEnd - result.monotonicStart || 'phases do not add up',
    result.transcript.length <= 8192 || 'transcript too long',
    result.phases.every(({ microseconds }) => microseconds >= 0) || 'negative phase',
    !leaks(JSON.stringify(result)) || 'the password is in the result',
    result.failure === null || result.vouches === null || 'a failure vouches',
    failureIsOrdered(result) || 'failure out of order',
  ].filter((fault) => fault !== true);
  if (faults.length > 0) throw new Error(`${faults.join(', ')}: ${JSON.stringify(result)}`);
}

/** True if a text holds the password in the clear or in base64. */
export function leaks(text: string): boolean {
  const blob = Buffer.from(`\0probe@acme.example\0${password}`).toString('base64');
  return [password, Buffer.from(password).toString('base64'), blob, encodeURIComponent(password)]
    .map((form) => form.toLowerCase())
    .some((form) => text.toLowerCase().includes(form));
}

function failureIsOrdered({ failure, startedAt, endedAt }: ProbeResult): boolean {
  if (failure === null) return true;
  const { provenFrom, provenTo, kind } = failure;
  const within = startedAt <= provenFrom && provenFrom <= provenTo && provenTo <= endedAt;
  return within && (kind === 'silence' || provenFrom === provenTo);
}
