import type { Attempt } from '../attempt.ts';
import { Fault } from '../failure.ts';
import { plainBlob, xoauth2Blob } from '../sasl.ts';
import type { PopClient } from './client.ts';

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

/** CAPA; a server that does not know it is one with USER and PASS. @throws Fault */
export async function readCapabilities(client: PopClient): Promise<Capabilities> {
  const lines: string[] = [];
  try {
    await client.lines('CAPA', false, (line) => {
      lines.push(line.toUpperCase().trim());
      if (lines.length > capabilityLimit) throw new Fault('protocol-error', 'endless capabilities');
    });
  } catch (error) {
    const refused = client.alive && client.tap.answer?.[0]?.startsWith('-') === true;
    if (!refused) throw error;
    return { user: true, sasl: null, pipelining: false, loginDelay: 0 };
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
export async function login(
  attempt: Attempt,
  client: PopClient,
  offered: Capabilities,
): Promise<number> {
  const { username, credential } = attempt.tenant.mailbox;
  if (/[\r\n\0]/.test(username)) attempt.fail('internal-error', 'the user name holds a line end');
  const secret = attempt.secret();
  if (credential.kind === 'access-token')
    return saslLogin(attempt, client, offered, 'XOAUTH2', xoauth2Blob(username, secret));
  if (!offered.user && offered.sasl?.includes('PLAIN') === true)
    return saslLogin(attempt, client, offered, 'PLAIN', plainBlob(username, secret));
  await client.command(`USER ${username}`, 'auth');
  const before = attempt.now();
  await client.command(`PASS ${secret}`, 'auth');
  return before;
}

/** RFC 5034, the blob on a line of its own: a command line ends at 255 bytes, a token does not. */
async function saslLogin(
  attempt: Attempt,
  client: PopClient,
  offered: Capabilities,
  mechanism: string,
  blob: string,
): Promise<number> {
  if (offered.sasl !== null && !offered.sasl.includes(mechanism)) {
    attempt.fail('auth-not-offered', `no mechanism in common; offered: ${offered.sasl.join(' ')}`);
  }
  const asks = (): boolean => /^\+(?: |$)/.test(client.tap.answer?.[0] ?? '');
  await client.command(`AUTH ${mechanism}`, 'auth');
  const before = attempt.now();
  if (!asks()) throw new Fault('protocol-error', 'no challenge after AUTH');
  await client.command(blob, 'auth');
  // XOAUTH2 sends its error as a challenge; an empty line asks for the refusal itself.
  if (asks()) await client.command('', 'auth');
  return before;
}
