import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { holdTripwire } from '../../probes/tripwire.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { closedPort } from '../support/hostile.ts';
import { endpointAt, tenantWith } from '../support/probing.ts';
import { fakeFlow } from '../support/webmail-attempt.ts';

const lines = ['smtp', 'imap', 'pop'] as const;
const all: readonly Protocol[] = [...lines, 'webmail'];
const greetings = { smtp: '220 hi\r\n', imap: '* OK hi\r\n', pop: '+OK hi\r\n', webmail: '' };
const answers = {
  smtp: '250 2.0.0 ok\r\n',
  imap: 't OK done\r\n',
  pop: '+OK\r\nUSER\r\n.\r\n',
  webmail: 'HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n',
};
const noops = {
  smtp: 'NOOP\r\n',
  imap: 't NOOP\r\n',
  pop: 'CAPA\r\n',
  webmail: 'HEAD /robots.txt HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n',
};

/** A server that greets and answers no-ops until told otherwise; and what it was told. */
class Greeter {
  readonly heard: string[] = [];
  answer: string | null;
  onAnswered: ((socket: Socket) => void) | null = null;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(protocol: Protocol, greeting = greetings[protocol]) {
    this.answer = answers[protocol];
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      if (greeting !== '') socket.write(greeting);
      socket.on('data', (chunk) => {
        this.heard.push(chunk.toString());
        if (this.answer !== null) socket.write(this.answer);
        this.onAnswered?.(socket);
      });
    });
  }

  static async start(protocol: Protocol, greeting?: string): Promise<Greeter> {
    const greeter = new Greeter(protocol, greeting);
    greeter.#server.listen(0, '127.0.0.1');
    await once(greeter.#server, 'listening');
    return greeter;
  }

  get port(): number {
    const address = this.#server.address();
    return address === null || typeof address === 'string' ? 0 : address.port;
  }

  /** Resolves when a client is connected. */
  async connected(): Promise<void> {
    if (this.#sockets.size === 0) await once(this.#server, 'connection');
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

function tenantAt(protocol: Protocol, port: number): Tenant {
  if (protocol !== 'webmail') return tenantWith({ [protocol]: endpointAt(port) });
  const url = `http://127.0.0.1:${port}/`;
  return tenantWith({
    webmail: { url, ca: null, flow: fakeFlow, consent: 'the tests', sendInterval: null },
  });
}

async function withTripwire(
  protocol: Protocol,
  act: (greeter: Greeter, own: AbortController) => Promise<void> | void,
): Promise<{ readonly end: string; readonly heard: readonly string[]; readonly port: number }> {
  const greeter = await Greeter.start(protocol);
  const own = new AbortController();
  try {
    const end = holdTripwire(tenantAt(protocol, greeter.port), protocol, own.signal);
    await greeter.connected();
    await act(greeter, own);
    return { end: await end, heard: greeter.heard, port: greeter.port };
  } finally {
    own.abort();
    greeter.close();
  }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 200));

for (const protocol of all) {
  test(`${protocol}: a connection that the server ends is cut, and nothing was said`, async () => {
    const { end, heard } = await withTripwire(protocol, async (greeter) => {
      await soon();
      greeter.cut();
    });
    assert.equal(end, 'cut');
    assert.deepEqual(heard, []);
  });

  test(`${protocol}: an unanswered no-op is cut, an answered one is not`, async () => {
    const { end, heard, port } = await withTripwire(protocol, (greeter) => {
      greeter.onAnswered = () => {
        greeter.answer = null;
      };
    });
    assert.equal(end, 'cut');
    const noop = noops[protocol].replace('PORT', String(port));
    assert.deepEqual(heard, [noop, noop]);
  });

  test(`${protocol}: one that we take up ourselves is no news`, async () => {
    const { end } = await withTripwire(protocol, async (_, own) => {
      await soon();
      own.abort();
    });
    assert.equal(end, 'rested');
  });

  test(`${protocol}: where nobody listens none is laid`, async () => {
    const tenant = tenantAt(protocol, await closedPort());
    assert.equal(await holdTripwire(tenant, protocol, new AbortController().signal), 'unlaid');
  });
}

test('a web server that holds no connection open has no tripwire, which is no news', async () => {
  const { end } = await withTripwire('webmail', (greeter) => {
    greeter.answer = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n';
    greeter.onAnswered = (socket) => socket.end();
  });
  assert.equal(end, 'unlaid');
});

for (const protocol of lines)
  test(`${protocol}: a protocol that the tenant has not got has no tripwire`, async () => {
    assert.equal(
      await holdTripwire(tenantWith({}), protocol, new AbortController().signal),
      'unlaid',
    );
  });
