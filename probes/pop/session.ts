import type { Attempt } from '../attempt.ts';
import { popFault } from '../failure/pop.ts';
import { Fault } from '../failure.ts';
import { plainBlob, xoauth2Blob } from '../sasl.ts';
import type { Wire } from '../wire.ts';

/** What the server offers (RFC 2449); `sasl` is null where CAPA does not tell. */
export interface Capabilities {
  readonly user: boolean;
  readonly sasl: readonly string[] | null;
  /** Commands may be sent before the answers to earlier ones are there (RFC 2449 §6.6). */
  readonly pipelining: boolean;
  /** Least time between two logins, ms. */
  readonly loginDelay: number;
}

const capabilityLimit = 128;

/** The line if it is `+OK`. @throws Fault otherwise */
export function accepted(line: string, stage: 'auth' | 'other'): string {
  if (/^\+OK\b/i.test(line)) return line;
  throw popFault(line, stage);
}

/** One command and its one-line answer. @throws Fault */
export async function command(
  wire: Wire,
  line: string,
  stage: 'auth' | 'other' = 'other',
  redacted?: string,
): Promise<string> {
  wire.write(`${line}\r\n`, redacted);
  return accepted(await wire.readLine(), stage);
}

/** The next line of a multi-line answer, dot-unstuffed (RFC 1939 §3); null at its end. @throws Fault */
export async function nextLine(wire: Wire, quiet: boolean): Promise<string | null> {
  const line = await wire.readLine({ quiet });
  if (line === '.') return null;
  return line.startsWith('.') ? line.slice(1) : line;
}

/** CAPA; a server that does not know it is one with USER and PASS. @throws Fault */
export async function readCapabilities(wire: Wire): Promise<Capabilities> {
  wire.write('CAPA\r\n');
  const first = await wire.readLine();
  if (/^-ERR\b/i.test(first)) return { user: true, sasl: null, pipelining: false, loginDelay: 0 };
  accepted(first, 'other');
  const lines: string[] = [];
  for (;;) {
    const line = await nextLine(wire, false);
    if (line === null) break;
    lines.push(line.toUpperCase().trim());
    if (lines.length > capabilityLimit) throw new Fault('protocol-error', 'endless capabilities');
  }
  const sasl = lines.find((line) => /^SASL(?: |$)/.test(line));
  const delay = lines.find((line) => line.startsWith('LOGIN-DELAY '));
  return {
    user: lines.includes('USER'),
    pipelining: lines.includes('PIPELINING'),
    sasl: sasl?.split(/\s+/).slice(1) ?? null,
    loginDelay: delay === undefined ? 0 : 1000 * (Number.parseInt(delay.slice(12), 10) || 0),
  };
}

/**
 * Logs in. A POP mailbox is a snapshot of its login.
 * @returns an instant before the snapshot, wall ms: what arrived later than that may be missing
 * @throws Fault
 */
export async function login(attempt: Attempt, offered: Capabilities): Promise<number> {
  const { username, credential } = attempt.tenant.mailbox;
  if (/[\r\n\0]/.test(username)) attempt.fail('internal-error', 'the user name holds a line end');
  const secret = attempt.secret();
  if (credential.kind === 'access-token') {
    return saslLogin(attempt, offered, 'XOAUTH2', xoauth2Blob(username, secret));
  }
  if (!offered.user && offered.sasl?.includes('PLAIN') === true) {
    return saslLogin(attempt, offered, 'PLAIN', plainBlob(username, secret));
  }
  await command(attempt.wire, `USER ${username}`, 'auth');
  const before = attempt.now();
  await command(attempt.wire, `PASS ${secret}`, 'auth', 'PASS [masked]');
  return before;
}

/** RFC 5034, the blob on a line of its own: a command line ends at 255 bytes, a token does not. */
async function saslLogin(
  attempt: Attempt,
  offered: Capabilities,
  mechanism: string,
  blob: string,
): Promise<number> {
  const { wire } = attempt;
  if (offered.sasl !== null && !offered.sasl.includes(mechanism)) {
    attempt.fail('auth-not-offered', `no mechanism in common; offered: ${offered.sasl.join(' ')}`);
  }
  wire.write(`AUTH ${mechanism}\r\n`);
  const challenge = await wire.readLine();
  if (!/^\+(?: |$)/.test(challenge)) throw popFault(challenge, 'auth');
  const before = attempt.now();
  wire.write(`${blob}\r\n`, '[masked]');
  const answer = await wire.readLine();
  // XOAUTH2 sends its error as a challenge; an empty line asks for the refusal itself.
  if (/^\+(?: |$)/.test(answer)) await command(wire, '', 'auth');
  else accepted(answer, 'auth');
  return before;
}
