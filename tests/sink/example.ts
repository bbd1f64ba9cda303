import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import type { GuestLimits } from '../../src/sink/guests.ts';
import { type Delivery, startSink } from '../../src/sink/server.ts';
import { systemClock } from '../../src/system-clock.ts';

export const address = 'probe@sink.example';
export const token = '0123456789abcdef01234567';
export const recipient = `probe+${token}@sink.example`;

interface Change {
  readonly limits?: GuestLimits;
  readonly certificate?: { chain: string; key: string };
  /** Whether the header is that of the message that was sent. */
  readonly takes?: (header: string) => boolean;
}

/** A sink that expects one message; what it saw and refused. */
export async function newSink(context: TestContext, change: Change = {}) {
  const refused: string[] = [];
  const taken: Delivery[] = [];
  let connections = 0;
  const { takes = (header) => header.includes(token) } = change;
  const sink = await startSink(
    {
      listen: { host: '127.0.0.1', port: 0 },
      address,
      name: 'mx.sink.example',
      certificate: change.certificate ?? null,
    },
    {
      clock: systemClock,
      expects: (delivery) => !delivery.report && delivery.token === token && taken.length === 0,
      take(delivery, { header }) {
        if (!takes(header)) return false;
        taken.push(delivery);
        return true;
      },
      connected: () => {
        connections += 1;
      },
      refused: (reason) => refused.push(reason),
      certificateFault: () => {},
      ...(change.limits && { limits: change.limits }),
    },
  );
  context.after(() => sink.close());
  return { sink, port: sink.port, refused, taken, connections: () => connections };
}

/** An SMTP client that says whatever it is told to. */
export class Client {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  }

  static async open(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return new Client(socket);
  }

  /** One whole reply; '' when the connection has ended. */
  async reply(): Promise<string> {
    const lines: string[] = [];
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) return lines.join('\n');
      lines.push(value);
      if (value[3] !== '-') return lines.join('\n');
    }
  }

  async say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return this.reply();
  }

  /** From the greeting to a transaction that waits for its recipient. */
  async begin(): Promise<void> {
    await this.reply();
    await this.say('EHLO client.example');
    await this.say('MAIL FROM:<someone@client.example>');
  }

  close(): void {
    this.socket.destroy();
  }
}
