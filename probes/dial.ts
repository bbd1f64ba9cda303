import type { Endpoint } from '../src/domain/tenant.ts';
import { imapFault } from './failure/imap.ts';
import { popFault } from './failure/pop.ts';
import { smtpFault } from './failure/smtp.ts';
import { Fault } from './failure.ts';
import { command, ehlo, extensionsOf, readReply } from './smtp/reply.ts';
import { connectStream, type DialObserver } from './stream.ts';
import { secureStream } from './tls.ts';
import { Wire, type WireOptions } from './wire.ts';

export type LineProtocol = 'smtp' | 'imap' | 'pop';

export interface DialOptions extends Omit<WireOptions, 'mark'> {
  /** Which of the host's addresses is tried first. */
  readonly turn: number;
  readonly observer: DialObserver;
  /**
   * SMTP to an MX, with the name for EHLO: the endpoint's `starttls` is taken where it is offered, and
   * whatever its certificate is, as mail servers do among themselves (RFC 7435).
   */
  readonly opportunistic?: { readonly helo: string };
}

export interface Dialled {
  /** Ready for the first command, encrypted unless the endpoint says `none`. */
  readonly wire: Wire;
  /** The greeting's lines, without SMTP's code. */
  readonly greeting: readonly string[];
}

/**
 * DNS, TCP, TLS, greeting, and STARTTLS where the endpoint asks for it: the same for all line protocols.
 * On failure every socket is destroyed. @throws Fault
 */
export async function dial(
  protocol: LineProtocol,
  endpoint: Endpoint,
  options: DialOptions,
): Promise<Dialled> {
  const { observer, signal } = options;
  const { helo } = options.opportunistic ?? {};
  const target = { ...endpoint, turn: options.turn, verify: helo === undefined };
  const wireOptions = { ...options, mark: () => observer.mark() };
  const socket = await connectStream(target, endpoint.tls === 'implicit', observer, signal);
  const plain = new Wire(socket, wireOptions);
  try {
    observer.phase('greeting');
    const greeting = await greetings[protocol](plain);
    if (endpoint.tls !== 'starttls') return { wire: plain, greeting };
    observer.phase('starttls');
    if (helo !== undefined && !(await offersTls(plain, helo))) return { wire: plain, greeting };
    await upgrades[protocol](plain, greeting, helo);
    refuseInjection(plain);
    const secured = await secureStream(plain.detach(), target, observer, signal);
    return { wire: new Wire(secured, wireOptions), greeting };
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

/** What a man in the middle puts behind the go-ahead would be taken for a reply within TLS (CVE-2011-0411). */
function refuseInjection(wire: Wire): void {
  if (wire.unread > 0) {
    throw new Fault('protocol-error', 'bytes in the clear after the answer to STARTTLS');
  }
}

const greetings = {
  async smtp(wire: Wire): Promise<readonly string[]> {
    const reply = await readReply(wire);
    if (reply.code !== 220) throw smtpFault(reply, 'other');
    return reply.lines;
  },
  async imap(wire: Wire): Promise<readonly string[]> {
    const line = await wire.readLine();
    if (/^\* (?:OK|PREAUTH)\b/i.test(line)) return [line];
    throw imapFault(line, 'other');
  },
  async pop(wire: Wire): Promise<readonly string[]> {
    const line = await wire.readLine();
    if (/^\+OK\b/i.test(line)) return [line];
    throw popFault(line, 'other');
  },
} as const;

function notOffered(what: string, code: string | null): Fault {
  return new Fault('starttls-not-offered', `the server does not offer ${what}`, { code });
}

async function offersTls(wire: Wire, helo: string): Promise<boolean> {
  const hello = await ehlo(wire, helo);
  return hello.code === 250 && extensionsOf(hello).has('STARTTLS');
}

const upgrades = {
  async smtp(wire: Wire, _greeting: readonly string[], helo?: string): Promise<void> {
    const hello = await ehlo(wire, helo);
    if (hello.code >= 500) throw notOffered('STARTTLS', `${hello.code}`);
    if (hello.code !== 250) throw smtpFault(hello, 'other');
    if (!extensionsOf(hello).has('STARTTLS')) throw notOffered('STARTTLS', null);
    refuseInjection(wire);
    const reply = await command(wire, 'STARTTLS');
    if (reply.code >= 500) throw notOffered('STARTTLS', `${reply.code}`);
    if (reply.code !== 220) throw smtpFault(reply, 'other');
  },
  async imap(wire: Wire, greeting: readonly string[]): Promise<void> {
    // PREAUTH forbids STARTTLS: a forged one would keep the session in the clear (CVE-2020-12398).
    if (!/^\* OK\b/i.test(greeting[0] ?? ''))
      throw new Fault('protocol-error', 'PREAUTH without TLS');
    const tag = 's1';
    wire.write(`${tag} STARTTLS\r\n`);
    const line = await taggedLine(wire, tag);
    if (/^\S+ OK\b/i.test(line)) return;
    const fault = imapFault(line, 'other');
    throw fault.reason === 'rejected' ? notOffered('STARTTLS', fault.code) : fault;
  },
  async pop(wire: Wire): Promise<void> {
    wire.write('STLS\r\n');
    const line = await wire.readLine();
    if (/^\+OK\b/i.test(line)) return;
    const fault = popFault(line, 'other');
    throw fault.reason === 'rejected' ? notOffered('STLS', fault.code) : fault;
  },
} as const;

/** The line that answers the tag; a few untagged ones may stand before it. */
async function taggedLine(wire: Wire, tag: string): Promise<string> {
  for (let read = 0; read < 32; read += 1) {
    const line = await wire.readLine();
    if (line.startsWith(`${tag} `)) return line;
    if (/^\* BYE\b/i.test(line)) throw imapFault(line, 'other');
    if (!line.startsWith('* ')) throw new Fault('protocol-error', `not an IMAP response: ${line}`);
  }
  throw new Fault('protocol-error', 'no answer to STARTTLS among 32 lines');
}
