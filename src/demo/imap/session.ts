import type { Duplex } from 'node:stream';
import type { Account } from '../account.ts';
import type { Fault } from '../fault.ts';
import { type MemoryMailbox, messageLimit } from '../mailbox.ts';
import { send, WireError, type WireReader } from '../wire.ts';
import type { MailboxView } from './view.ts';

export const capabilities = 'IMAP4rev1 IDLE UIDPLUS ID SASL-IR LITERAL+ AUTH=PLAIN';

/** A command line grows by its literals; together they stay below this, bytes. */
const commandLimit = messageLimit + 64 * 1024;

/** What one IMAP connection knows. The commands work on this. */
export class ImapSession {
  readonly reader: WireReader;
  readonly mailbox: MemoryMailbox;
  readonly account: Account;
  readonly fault: () => Fault;
  authenticated = false;
  view: MailboxView | null = null;
  ended = false;
  readonly #stream: Duplex;

  constructor(
    stream: Duplex,
    reader: WireReader,
    tenant: { mailbox: MemoryMailbox; account: Account; fault: () => Fault },
  ) {
    this.#stream = stream;
    this.reader = reader;
    this.mailbox = tenant.mailbox;
    this.account = tenant.account;
    this.fault = tenant.fault;
  }

  send(text: string): Promise<void> {
    return send(this.#stream, text);
  }

  /**
   * The next command with its literals in place, without its last line end; null when the client is gone.
   * A literal that would be too long is refused before it is sent (RFC 3501 §4.3); one that is sent
   * unasked (RFC 7888) cannot be, so that ends the session.
   */
  async command(): Promise<string | null> {
    let command = '';
    for (;;) {
      const line = await this.reader.line();
      if (line === null) return null;
      command += line;
      const literal = /\{(\d{1,9})(\+?)\}$/.exec(line);
      if (literal === null) return command;
      const length = Number(literal[1]);
      if (command.length + length > commandLimit) {
        if (literal[2] === '+') throw new WireError('literal too long');
        await this.send(`${tagOf(command)} NO [TOOBIG] literal too long\r\n`);
        command = '';
        continue;
      }
      if (literal[2] === '') await this.send('+ go ahead\r\n');
      const octets = await this.reader.bytes(length);
      if (octets === null) return null;
      command += `\r\n${octets}`;
    }
  }
}

export function tagOf(command: string): string {
  return /^[A-Za-z0-9.\-_]{1,64}(?= |$)/.exec(command)?.[0] ?? '*';
}
