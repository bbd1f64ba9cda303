import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Protocol } from '../src/domain/protocol.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { startDeadline } from './deadline.ts';
import { dial } from './dial.ts';
import { Fault } from './failure.ts';
import { connectStream, type DialObserver } from './stream.ts';
import { Transcript } from './transcript.ts';
import type { Wire } from './wire.ts';

/**
 * How a tripwire ended.
 * - `cut`: the server ended it, or did not answer in time: something may be wrong, look at once.
 * - `rested`: ended by ourselves, before the server would; nothing is to be learnt from it.
 * - `unlaid`: it never stood.
 */
export type TripwireEnd = 'cut' | 'rested' | 'unlaid';

/** A command that changes nothing, that may be said before any login, and how we leave. */
const wires: Readonly<Record<Exclude<Protocol, 'webmail'>, { noop: string; leave: string }>> = {
  smtp: { noop: 'NOOP\r\n', leave: 'QUIT\r\n' }, // RFC 5321 §4.1.1.9
  imap: { noop: 't NOOP\r\n', leave: 'z LOGOUT\r\n' }, // RFC 9051 §6.1.2: any state
  // NOOP is for after the login (RFC 1939 §5); CAPA may be asked before it (RFC 2449 §5).
  pop: { noop: 'CAPA\r\n', leave: 'QUIT\r\n' },
};

/** All integer ms. */
const noopEvery = 5_000;
const answerWithin = 1_500;
const layWithin = 10_000;
/** Dovecot ends a connection without a login after 180 s, Postfix takes 100 no-ops for abuse. */
const restAfter = 150_000;
/** Web servers end a connection without a request after 60 s or so. */
const restWebAfter = 45_000;

const silent: DialObserver = {
  phase: () => undefined,
  mark: () => undefined,
  address: () => undefined,
  tls: () => undefined,
};

/**
 * Holds one idle connection open after its greeting, before any login (measurement §2): its unexpected
 * end or an unanswered no-op is a reason to probe at once. It is a trigger, never evidence: it leaves
 * no result. Resolves when it has ended, never rejects.
 * @param signal of this tripwire alone: takes it up
 */
export async function holdTripwire(
  tenant: Tenant,
  protocol: Protocol,
  signal: AbortSignal,
): Promise<TripwireEnd> {
  return protocol === 'webmail' ? holdWeb(tenant, signal) : holdLine(tenant, protocol, signal);
}

async function holdLine(
  tenant: Tenant,
  protocol: Exclude<Protocol, 'webmail'>,
  signal: AbortSignal,
): Promise<TripwireEnd> {
  const wire = await layLine(tenant, protocol, signal);
  if (wire === null) return 'unlaid';
  const { noop, leave } = wires[protocol];
  for (let held = 0; held < restAfter; held += noopEvery) {
    // News before our word is the server's good-bye, or the end itself.
    if (await wire.lineReady(noopEvery)) return ended(wire, signal);
    wire.write(noop);
    if (!(await wire.lineReady(answerWithin))) return ended(wire, signal);
    if (!(await readAnswer(wire, protocol))) return ended(wire, signal);
  }
  await wire.farewell(leave);
  return 'rested';
}

async function layLine(
  tenant: Tenant,
  protocol: Exclude<Protocol, 'webmail'>,
  signal: AbortSignal,
): Promise<Wire | null> {
  const endpoint = tenant[protocol];
  if (endpoint === null) return null;
  const laying = startDeadline(layWithin, signal);
  const holding = new AbortController();
  const abort = () => holding.abort(new Fault('timeout', 'the tripwire is taken up'));
  laying.signal.addEventListener('abort', abort, { once: true });
  // The signal is this one tripwire's own: nothing piles up on it.
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { wire } = await dial(protocol, endpoint, {
      turn: 0,
      observer: silent,
      signal: holding.signal,
      transcript: new Transcript((text) => text),
      budget: { left: 256 * 1024 },
    });
    return wire;
  } catch {
    return null;
  } finally {
    laying.clear();
  }
}

/** Takes the lines of one answer; false when it does not come whole. */
async function readAnswer(wire: Wire, protocol: Protocol): Promise<boolean> {
  try {
    for (let lines = 0; lines < 64; lines++) {
      const line = await wire.readLine({ quiet: true });
      if (isLast(line, protocol, lines)) return true;
      if (!(await wire.lineReady(answerWithin))) return false;
    }
    return false;
  } catch {
    return false;
  }
}

function isLast(line: string, protocol: Protocol, lines: number): boolean {
  if (protocol === 'smtp') return !/^\d{3}-/.test(line);
  if (protocol === 'imap') return line.startsWith('t ');
  return line === '.' || (lines === 0 && line.startsWith('-ERR'));
}

function ended(wire: Wire, signal: AbortSignal): TripwireEnd {
  wire.destroy();
  return signal.aborted ? 'rested' : 'cut';
}

async function holdWeb(tenant: Tenant, signal: AbortSignal): Promise<TripwireEnd> {
  const socket = await layWeb(tenant, signal);
  if (socket === null) return 'unlaid';
  const rest = new AbortController();
  const closed = new Promise<'cut'>((resolve) => {
    socket.once('end', () => resolve('cut')).once('close', () => resolve('cut'));
  });
  const rested = pause(restWebAfter, 'rested' as const, {
    signal: AbortSignal.any([rest.signal, signal]),
  }).catch(() => 'rested' as const);
  const end = await Promise.race([closed, rested]);
  rest.abort();
  socket.destroy();
  return signal.aborted ? 'rested' : end;
}

async function layWeb(tenant: Tenant, signal: AbortSignal): Promise<Socket | null> {
  if (tenant.webmail === null) return null;
  const url = new URL(tenant.webmail.url);
  const secure = url.protocol === 'https:';
  const target = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 443 : 80)),
    ca: tenant.webmail.ca,
    servername: null,
    turn: 0,
  };
  const laying = startDeadline(layWithin, signal);
  try {
    const socket = await connectStream(target, secure, silent, laying.signal);
    // A late reset without a listener would end the process.
    return socket.on('error', () => undefined).resume();
  } catch {
    return null;
  } finally {
    laying.clear();
  }
}
