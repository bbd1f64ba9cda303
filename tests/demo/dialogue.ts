import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { EmbeddedTenant } from '../../src/demo/tenant.ts';

/** A raw line client: says, and waits for text, with a deadline. */
export class Dialogue {
  readonly socket: Socket;
  #heard = '';
  #ended = false;
  #wake: () => void = () => {};

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.on('data', (chunk: Buffer) => {
      this.#heard += chunk.toString('latin1');
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Everything heard up to and with the pattern. */
  async until(pattern: RegExp, patience = 5_000): Promise<string> {
    const deadline = performance.now() + patience;
    for (;;) {
      const found = pattern.exec(this.#heard);
      if (found !== null) {
        const end = found.index + found[0].length;
        const text = this.#heard.slice(0, end);
        this.#heard = this.#heard.slice(end);
        return text;
      }
      const left = deadline - performance.now();
      if (this.#ended || left <= 0) {
        assert.fail(`${pattern} not heard, ${this.#ended ? 'ended' : 'late'}: ${this.#heard}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async say(line: string, pattern: RegExp): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return this.until(pattern);
  }

  /** What has been heard and not taken yet. */
  get unread(): string {
    return this.#heard;
  }

  async closed(): Promise<void> {
    if (!this.#ended) await once(this.socket, 'close', { signal: AbortSignal.timeout(5_000) });
  }

  end(): void {
    this.socket.destroy();
  }
}

/** How a connection attempt ends: `open`, or the system's code. */
export async function knock(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return 'open';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  } finally {
    socket.destroy();
  }
}

export async function sendMail(
  tenant: EmbeddedTenant,
  subject: string,
  extra: { text?: string; to?: string; password?: string } = {},
): Promise<void> {
  const transport = createTransport({
    host: tenant.smtp.host,
    port: tenant.smtp.port,
    secure: false,
    ignoreTLS: true,
    auth: { user: tenant.username, pass: extra.password ?? tenant.password },
  });
  try {
    await transport.sendMail({
      from: tenant.address,
      to: extra.to ?? tenant.address,
      subject,
      text: extra.text ?? 'hello',
    });
  } finally {
    transport.close();
  }
}

/** Logged in to POP, ready for transactions. */
export async function popLogin(tenant: EmbeddedTenant): Promise<Dialogue> {
  const pop = new Dialogue(tenant.pop.port);
  await pop.until(/^\+OK.*\r\n/);
  await pop.say(`USER ${tenant.username}`, /^\+OK.*\r\n/);
  await pop.say(`PASS ${tenant.password}`, /^\+OK.*\r\n/);
  return pop;
}

/** Logged in to IMAP with INBOX selected. */
export async function imapLogin(tenant: EmbeddedTenant): Promise<Dialogue> {
  const imap = new Dialogue(tenant.imap.port);
  await imap.until(/^\* OK.*\r\n/);
  await imap.say(`a LOGIN ${tenant.username} ${tenant.password}`, /^a OK.*\r\n/m);
  await imap.say('b SELECT INBOX', /^b OK.*\r\n/m);
  return imap;
}
