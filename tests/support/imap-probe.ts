import { imap } from '../../probes/imap.ts';
import type { Ask, Memory, ProbeOutcome } from '../../probes/probe.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Endpoint, Tenant } from '../../src/domain/tenant.ts';

export const password = 'pa"ss\\word-Qx7';
export const address = 'probe@tenant.example';

const realClock: Clock = {
  wall: () => Date.now(),
  monotonic: () => Math.round(performance.now() * 1000),
};

interface ProbeSettings {
  readonly deadline?: number;
  readonly memory?: Memory;
  readonly secret?: string;
  readonly kind?: 'password' | 'access-token';
  readonly endpoint?: Endpoint;
  readonly address?: string;
  readonly signal?: AbortSignal;
}

/** One attempt against a server on this port of 127.0.0.1. */
export function probeImap(
  port: number,
  ask: Partial<Ask>,
  settings: ProbeSettings = {},
): Promise<ProbeOutcome> {
  const context = {
    clock: realClock,
    signal: settings.signal ?? new AbortController().signal,
    memory: settings.memory ?? { anchor: null },
  };
  const whole: Ask = { depth: 'login', turn: 0, message: null, pending: [], ...ask };
  return imap(tenantOn(port, settings), whole, context);
}

function tenantOn(port: number, settings: ProbeSettings): Tenant {
  const plain: Endpoint = { host: '127.0.0.1', port, tls: 'none', ca: null, servername: null };
  const secret = settings.secret ?? password;
  const own = settings.address ?? address;
  return {
    name: 'tenant',
    contract: 'contract',
    zone: 'UTC',
    mailbox: {
      address: own,
      username: own,
      credential: { kind: settings.kind ?? 'password', secret: new Secret(() => secret) },
    },
    smtp: null,
    imap: settings.endpoint ?? plain,
    pop: null,
    webmail: null,
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: settings.deadline ?? 6000,
    deliveryAllowance: 60_000,
  };
}

/** A round's message that is accepted at once. */
export function accepted(token: string): { token: string; accepted: Promise<number | null> } {
  return { token, accepted: Promise.resolve(Date.now()) };
}
