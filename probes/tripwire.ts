import type { Protocol } from '../src/domain/protocol.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { type Framing, Tap, textOf } from './attempt/tap.ts';
import { startDeadline } from './deadline.ts';
import { dial } from './dial.ts';
import { Fault } from './failure.ts';
import { connectStream, type DialObserver } from './stream.ts';
import { Transcript } from './transcript.ts';

/**
 * How a tripwire ended.
 * - `cut`: the server ended it, or did not answer in time: something may be wrong, look at once.
 * - `rested`: ended by ourselves, before the server would; nothing is to be learnt from it.
 * - `unlaid`: it never stood.
 */
export type TripwireEnd = 'cut' | 'rested' | 'unlaid';

/** A command that changes nothing, that may be said before any login, and how we leave. */
function wordsOf(tenant: Tenant, protocol: Protocol): { noop: string; leave: string } {
  switch (protocol) {
    case 'smtp': // RFC 5321 §4.1.1.9
      return { noop: 'NOOP\r\n', leave: 'QUIT\r\n' };
    case 'imap': // RFC 9051 §6.1.2: any state
      return { noop: 't NOOP\r\n', leave: 'z LOGOUT\r\n' };
    case 'pop': // NOOP is for after the login (RFC 1939 §5); CAPA may be asked before it (RFC 2449 §5).
      return { noop: 'CAPA\r\n', leave: 'QUIT\r\n' };
    case 'webmail': {
      // A page would begin a session of the webmail each time; this file, there or not, begins none.
      const host = new URL(tenant.webmail?.url ?? 'http://localhost').host;
      return { noop: `HEAD /robots.txt HTTP/1.1\r\nHost: ${host}\r\n\r\n`, leave: '' };
    }
  }
}

/** All integer ms. */
const noopEvery = 5_000;
const answerWithin = 1_500;
const layWithin = 10_000;
/** Dovecot ends a connection without a login after 180 s, Postfix takes 100 no-ops for abuse. */
const restAfter = 150_000;

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
  const tap = await lay(tenant, protocol, signal);
  if (tap === null) return 'unlaid';
  const { noop, leave } = wordsOf(tenant, protocol);
  for (let held = 0; held < restAfter; held += noopEvery) {
    // News before our word is the server's good-bye, or the end itself.
    if (await tap.ready(noopEvery)) return ended(tap, signal);
    tap.say(noop);
    if (!(await tap.ready(answerWithin))) return ended(tap, signal);
    const answer = await readAnswer(tap, protocol);
    if (answer === null) return ended(tap, signal);
    if (protocol === 'webmail' && answer.some((line) => /^connection:.*\bclose\b/i.test(line))) {
      // RFC 9112 §9.6: this server holds no connection, and so no tripwire.
      tap.destroy();
      return 'unlaid';
    }
  }
  if (leave === '') tap.destroy();
  else await tap.farewell(leave);
  return 'rested';
}

function lay(tenant: Tenant, protocol: Protocol, signal: AbortSignal): Promise<Tap | null> {
  return protocol === 'webmail' ? layWeb(tenant, signal) : layLine(tenant, protocol, signal);
}

async function layLine(
  tenant: Tenant,
  protocol: Exclude<Protocol, 'webmail'>,
  signal: AbortSignal,
): Promise<Tap | null> {
  const endpoint = tenant[protocol];
  if (endpoint === null) return null;
  const laying = startDeadline(layWithin, signal);
  const holding = new AbortController();
  const abort = () => holding.abort(new Fault('timeout', 'the tripwire is taken up'));
  laying.signal.addEventListener('abort', abort, { once: true });
  // The signal is this one tripwire's own: nothing piles up on it.
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { tap } = await dial(protocol, endpoint, {
      turn: 0,
      observer: silent,
      signal: holding.signal,
      ...tapOptions(),
    });
    return tap;
  } catch {
    return null;
  } finally {
    laying.clear();
  }
}

/** The lines of one answer; null when it does not come whole. */
async function readAnswer(tap: Tap, protocol: Protocol): Promise<readonly string[] | null> {
  try {
    const answer = await tap.reply();
    // CAPA's status line is followed by a listing.
    if (protocol !== 'pop' || /^-ERR\b/i.test(answer[0] ?? '')) return answer;
    return (await tap.ready(answerWithin)) ? await tap.reply() : null;
  } catch {
    return null;
  }
}

function ended(tap: Tap, signal: AbortSignal): TripwireEnd {
  tap.destroy();
  return signal.aborted ? 'rested' : 'cut';
}

/** A reply is the head of an HTTP response, which has no body here. */
function headFraming(): Framing {
  let lines: string[] = [];
  return {
    lineLimit: 16 * 1024,
    sent: (text) => [text],
    heard(bytes) {
      const line = textOf(bytes);
      if (lines.length > 64) throw new Fault('protocol-error', 'an endless head');
      if (line !== '') lines.push(line);
      const reply = line === '' ? lines : null;
      if (reply !== null) lines = [];
      return { give: null, reply, bulk: false };
    },
  };
}

async function layWeb(tenant: Tenant, signal: AbortSignal): Promise<Tap | null> {
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
    return new Tap(socket, {
      ...tapOptions(),
      framing: headFraming(),
      mark: () => undefined,
      signal,
    });
  } catch {
    return null;
  } finally {
    laying.clear();
  }
}

function tapOptions() {
  return {
    transcript: new Transcript((text) => text),
    budget: { left: 256 * 1024 },
    now: Date.now,
  };
}
