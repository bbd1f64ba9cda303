import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TenantEndpoint } from './tenant.ts';

/** A text dialogue with a mail server, for tests: send a line, wait for what must come. */
export class Dialogue {
  #socket: Socket;
  #received = '';
  #ended: Error | null = null;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      this.#received += chunk;
      this.#wake();
    });
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('closed')));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#wake();
  }

  /**
   * Waits until the unread text matches, and returns all of it.
   * @throws the socket's error; `silent after …` when the time (ms) is up.
   */
  async expect(pattern: RegExp, limit = 10_000): Promise<string> {
    const deadline = performance.now() + limit;
    while (!pattern.test(this.#received)) {
      if (this.#ended !== null) throw this.#ended;
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`silent after ${JSON.stringify(this.#received)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const text = this.#received;
    this.#received = '';
    return text;
  }

  /** Sends a line and waits for the answer. */
  ask(line: string, pattern: RegExp): Promise<string> {
    this.#socket.write(`${line}\r\n`);
    return this.expect(pattern);
  }

  /** Goes on under TLS, after the server's consent. */
  async secure(ca: string): Promise<void> {
    this.#socket.removeAllListeners();
    const socket = connectTls({ socket: this.#socket, ca });
    this.#socket = socket;
    this.#listen(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Connects, and speaks TLS from the start if the endpoint does. @throws the socket's error. */
export function open(endpoint: TenantEndpoint, ca: string): Promise<Dialogue> {
  const { host, port } = endpoint;
  const secure = endpoint.tls === 'implicit';
  return new Promise((resolve, reject) => {
    const socket = secure ? connectTls({ host, port, ca }) : connectTcp({ host, port });
    socket.once('error', reject);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject);
      resolve(new Dialogue(socket));
    });
  });
}
