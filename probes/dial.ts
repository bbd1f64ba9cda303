import type { Endpoint } from '../src/domain/tenant.ts';
import { type Framing, Tap, type TapOptions } from './attempt/tap.ts';
import { imapFault } from './failure/imap.ts';
import { popFault } from './failure/pop.ts';
import { smtpFault } from './failure/smtp.ts';
import { Fault } from './failure.ts';
import { imapFraming } from './imap/framing.ts';
import { popFraming } from './pop/framing.ts';
import { smtpFraming } from './smtp/framing.ts';
import { extensionsOf, ownName, smtpReply } from './smtp/reply.ts';
import { connectStream, type DialObserver } from './stream.ts';
import { secureStream } from './tls.ts';

export type LineProtocol = 'smtp' | 'imap' | 'pop';

export interface DialOptions extends Omit<TapOptions, 'mark' | 'framing'> {
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
  readonly tap: Tap;
  /** The greeting's lines as they came. */
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
  const tapOptions = () => ({
    ...options,
    framing: framings[protocol](),
    mark: () => observer.mark(),
  });
  const socket = await connectStream(target, endpoint.tls === 'implicit', observer, signal);
  const plain = new Tap(socket, tapOptions());
  try {
    observer.phase('greeting');
    const greeting = await greetings[protocol](plain);
    if (endpoint.tls !== 'starttls') return { tap: plain, greeting };
    observer.phase('starttls');
    if (helo !== undefined && !(await offersTls(plain, helo))) return { tap: plain, greeting };
    await upgrades[protocol](plain, greeting, helo);
    refuseInjection(plain);
    const secured = await secureStream(plain.detach(), target, observer, signal);
    return { tap: new Tap(secured, tapOptions()), greeting };
  } catch (error) {
    plain.destroy();
    throw error;
  }
}

const framings: Readonly<Record<LineProtocol, () => Framing>> = {
  smtp: smtpFraming,
  imap: imapFraming,
  pop: popFraming,
};

/** What a man in the middle puts behind the go-ahead would be taken for a reply within TLS (CVE-2011-0411). */
function refuseInjection(tap: Tap): void {
  // What is not even of this protocol has ended the tap already.
  if (tap.unread > 0 || tap.fault?.reason === 'protocol-error') {
    throw new Fault('protocol-error', 'bytes in the clear after the answer to STARTTLS');
  }
}

/** Says one command and reads its reply, where no library reads yet. */
function asked(tap: Tap, command: string): Promise<readonly string[]> {
  tap.say(`${command}\r\n`);
  return tap.reply();
}

const greetings = {
  async smtp(tap: Tap): Promise<readonly string[]> {
    const lines = await tap.reply();
    const reply = smtpReply(lines);
    if (reply.code !== 220) throw smtpFault(reply, 'other');
    return lines;
  },
  async imap(tap: Tap): Promise<readonly string[]> {
    const [line = ''] = await tap.reply();
    if (/^\* (?:OK|PREAUTH)\b/i.test(line)) return [line];
    throw imapFault(line, 'other');
  },
  async pop(tap: Tap): Promise<readonly string[]> {
    const [line = ''] = await tap.reply();
    if (/^\+OK\b/i.test(line)) return [line];
    throw popFault(line, 'other');
  },
} as const;

function notOffered(what: string, code: string | null): Fault {
  return new Fault('starttls-not-offered', `the server does not offer ${what}`, { code });
}

async function offersTls(tap: Tap, helo: string): Promise<boolean> {
  const hello = smtpReply(await asked(tap, `EHLO ${helo}`));
  return hello.code === 250 && extensionsOf(hello).has('STARTTLS');
}

/** The libraries wrap a socket by themselves; ours is to be timed and its certificate to be judged. */
const upgrades = {
  async smtp(tap: Tap, _greeting: readonly string[], helo?: string): Promise<void> {
    const hello = smtpReply(await asked(tap, `EHLO ${helo ?? ownName(tap)}`));
    if (hello.code >= 500) throw notOffered('STARTTLS', `${hello.code}`);
    if (hello.code !== 250) throw smtpFault(hello, 'other');
    if (!extensionsOf(hello).has('STARTTLS')) throw notOffered('STARTTLS', null);
    refuseInjection(tap);
    const reply = smtpReply(await asked(tap, 'STARTTLS'));
    if (reply.code >= 500) throw notOffered('STARTTLS', `${reply.code}`);
    if (reply.code !== 220) throw smtpFault(reply, 'other');
  },
  async imap(tap: Tap, greeting: readonly string[]): Promise<void> {
    // PREAUTH forbids STARTTLS: a forged one would keep the session in the clear (CVE-2020-12398).
    if (!/^\* OK\b/i.test(greeting[0] ?? ''))
      throw new Fault('protocol-error', 'PREAUTH without TLS');
    const [line = ''] = await asked(tap, 's1 STARTTLS');
    if (/^\S+ OK\b/i.test(line)) return;
    const fault = imapFault(line, 'other');
    throw fault.reason === 'rejected' ? notOffered('STARTTLS', fault.code) : fault;
  },
  async pop(tap: Tap): Promise<void> {
    const [line = ''] = await asked(tap, 'STLS');
    if (/^\+OK\b/i.test(line)) return;
    const fault = popFault(line, 'other');
    throw fault.reason === 'rejected' ? notOffered('STLS', fault.code) : fault;
  },
} as const;
