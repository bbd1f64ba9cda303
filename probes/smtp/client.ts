import SMTPConnection, {
  type SMTPConnectionCustomAuthHandler,
} from 'nodemailer/lib/smtp-connection';
import type { Phase } from '../../src/domain/protocol.ts';
import type { Tap } from '../attempt/tap.ts';
import type { Attempt } from '../dialogue.ts';
import { smtpFault } from '../failure/smtp.ts';
import { Fault, faultOf } from '../failure.ts';
import { plainAddress } from '../message.ts';
import { plainBlob, xoauth2Blob } from '../sasl.ts';
import { extensionsOf, ownName, smtpReply } from './reply.ts';

/** A message as it is to leave: plain addresses, CRLF line ends, not dot-stuffed. */
export interface Outgoing {
  readonly token: string;
  readonly sender: string;
  readonly recipient: string;
  readonly text: string;
}

/** The attempt's one deadline ends everything: the library's own clocks never do. */
const never = 2 ** 31 - 1;

/** Which phase begins as this leaves. */
const phases: readonly (readonly [RegExp, Phase])[] = [
  [/^MAIL FROM:/, 'mail'],
  [/^RCPT TO:/, 'rcpt'],
  [/^DATA$/, 'data'],
  [/^\[message,/, 'accept'],
];

/**
 * nodemailer's connection over a tap: EHLO, AUTH, and MAIL, RCPT, DATA (RFC 5321, RFC 4954). Phases
 * begin as the commands leave, and a refusal is judged by the reply as the tap saw it.
 */
export class SmtpClient {
  readonly #attempt: Attempt;
  readonly #tap: Tap;
  readonly #connection: SMTPConnection;
  #extensions: ReadonlyMap<string, readonly string[]> = new Map();
  #broken: ((error: unknown) => void) | null = null;

  private constructor(attempt: Attempt, tap: Tap, name: string) {
    this.#attempt = attempt;
    this.#tap = tap;
    this.#connection = new SMTPConnection({
      connection: tap as never,
      secure: true,
      secured: true,
      host: 'tap',
      name,
      logger: false,
      connectionTimeout: never,
      greetingTimeout: never,
      socketTimeout: never,
      socketCloseTimeout: 0,
      customAuth: {
        PLAIN: inOneBlob('PLAIN', plainBlob),
        XOAUTH2: inOneBlob('XOAUTH2', xoauth2Blob),
      },
    });
    // Neither calls back when the connection is lost (10.6.0): whatever comes first ends the step.
    const broken = (error?: unknown): void =>
      this.#broken?.(error ?? new Error('the connection has ended'));
    this.#connection.on('error', broken).on('end', broken);
    const closed = (): void => {
      broken();
      // It begins to wait for the greeting in its own time, and then for three weeks: end that as well.
      setImmediate(() => this.#connection.close());
    };
    if (tap.closed) closed();
    else tap.once('close', closed);
  }

  /** Says EHLO, with this name or the address of our end; HELO where that is not known. @throws Fault */
  static async hello(attempt: Attempt, name?: string): Promise<SmtpClient> {
    const { tap } = attempt;
    attempt.phase('ehlo');
    const client = new SmtpClient(attempt, tap, name ?? ownName(tap));
    // The greeting was read while dialling.
    tap.adopt('220 ready\r\n');
    await client.#step('other', (done) => client.#connection.connect(done));
    client.#extensions = extensionsOf(smtpReply(tap.answer ?? []));
    return client;
  }

  /**
   * AUTH with the mailbox's credential, by PLAIN before LOGIN, or XOAUTH2 for a token. A server that offers
   * no AUTH at all is taken as one that wants none. Dialling has seen to encryption: the tap is in the
   * clear only where the config says `tls: none`. @throws Fault
   */
  async authenticate(): Promise<void> {
    const attempt = this.#attempt;
    attempt.phase('auth');
    const offered = this.#extensions.get('AUTH');
    if (offered === undefined) return;
    const { username: user, credential } = attempt.tenant.mailbox;
    const usable = credential.kind === 'password' ? ['PLAIN', 'LOGIN'] : ['XOAUTH2'];
    const method = usable.find((name) => offered.includes(name));
    if (method === undefined)
      attempt.fail('auth-not-offered', `no mechanism in common; offered: ${offered.join(' ')}`);
    const credentials = { user, pass: attempt.secret() };
    await this.#step('auth', (done) =>
      this.#connection.login({ ...credentials, credentials, method }, done),
    );
  }

  /** MAIL, RCPT, DATA: one at a time, as the framing keeps PIPELINING from the library. @throws Fault */
  async send(message: Outgoing): Promise<void> {
    const { evidence } = this.#attempt;
    const { token, text } = message;
    const envelope = {
      from: plainAddress(message.sender),
      to: [plainAddress(message.recipient)],
    };
    this.#tap.onSent = (shown) => {
      const phase = phases.find(([pattern]) => pattern.test(shown))?.[1];
      if (phase !== undefined) this.#attempt.phase(phase);
      if (phase === 'accept') evidence.sent(token);
    };
    try {
      await this.#step('other', (done) => this.#connection.send(envelope, text, done));
    } catch (error) {
      // The message was refused by an answer of its own.
      if (smtpReply(this.#tap.answer ?? []).code >= 400)
        evidence.refused(token, this.#attempt.now());
      throw error;
    } finally {
      this.#tap.onSent = null;
    }
    evidence.accepted(token, this.#tap.heardAt);
  }

  async #step(
    stage: 'auth' | 'other',
    run: (done: (error?: unknown) => void) => void,
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#broken = reject;
    try {
      run((error) => (error === undefined || error === null ? resolve() : reject(error)));
      await this.#tap.until(promise);
    } catch (error) {
      throw this.#judged(error, stage);
    } finally {
      this.#broken = null;
    }
  }

  /** The library's words are its own: what counts is what came at the wire. */
  #judged(error: unknown, stage: 'auth' | 'other'): Fault {
    if (error instanceof Fault) return error;
    const { answer, fault } = this.#tap;
    const reply = smtpReply(answer ?? []);
    if (reply.code >= 400) return smtpFault(reply, stage);
    if (fault !== null) return fault;
    if (answer !== null) return smtpFault(reply, stage);
    // The library has read a reply, and since our last request none has come: it was there before.
    if (error instanceof Error && 'response' in error)
      return new Fault('protocol-error', 'an answer to what had not been asked yet');
    return faultOf(error);
  }
}

/**
 * PLAIN (RFC 4616) and XOAUTH2: one blob, with the command or after a 334. nodemailer 10.6.0 takes an empty
 * challenge, by which servers without initial responses ask for the blob, for an error to be waved through.
 */
function inOneBlob(
  mechanism: string,
  blobOf: (user: string, secret: string) => string,
): SMTPConnectionCustomAuthHandler {
  return async ({ auth, sendCommand }) => {
    const blob = blobOf(auth.credentials?.user ?? '', auth.credentials?.pass ?? '');
    let reply = await sendCommand(`AUTH ${mechanism} ${blob}`);
    if (reply.status === 334) {
      // One with content is XOAUTH2's error, which wants an empty line before the refusal itself.
      reply = await sendCommand((reply.text ?? '').trim() === '' ? blob : '');
    }
    if (reply.status !== 235)
      throw Object.assign(new Error('refused'), { response: reply.response });
  };
}
