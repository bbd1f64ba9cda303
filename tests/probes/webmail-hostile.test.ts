import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { ProbeResult } from '../../src/domain/result.ts';
import { attemptWebmail, verdictOf } from '../support/webmail-attempt.ts';
import { startRawServer } from '../support/webmail-server.ts';

async function against(answer: (socket: Socket) => void, deadline = 5000): Promise<ProbeResult> {
  const server = await startRawServer(answer);
  try {
    return await attemptWebmail(server.url, 'connect', { deadline });
  } finally {
    await server.close();
  }
}

const head = (fields: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n${fields}\r\n`;
const page = '<input type="password"><input name="token" value="a1">';

/** Silence proves failure up to the planned deadline and no further. */
function assertSilence(result: ProbeResult, deadline: number): void {
  assert.equal(result.failure?.kind, 'silence');
  assert.ok(result.failure.provenFrom < result.failure.provenTo);
  assert.ok(result.failure.provenTo <= result.startedAt + deadline);
}

test('a server that accepts and stays mute is a timeout in phase first_byte', async () => {
  const result = await against(() => undefined, 300);
  assert.equal(verdictOf(result), 'first_byte timeout null');
  assertSilence(result, 300);
});

test('a server that drips a byte at a time is a timeout in phase page', async () => {
  const result = await against((socket) => {
    socket.write(head('Content-Length: 100000\r\n'));
    const timer = setInterval(() => socket.write('x'), 20);
    socket.once('close', () => clearInterval(timer));
  }, 400);
  assert.equal(verdictOf(result), 'page timeout null');
  assertSilence(result, 400);
});

test('headers that drip are a timeout in phase first_byte', async () => {
  const result = await against((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
    const timer = setInterval(() => socket.write('x'), 20);
    socket.once('close', () => clearInterval(timer));
  }, 400);
  assert.equal(verdictOf(result), 'first_byte timeout null');
});

test('a body without end is a protocol-error, not a full memory', async () => {
  const result = await against((socket) => {
    const more = (): void => {
      while (socket.writable && socket.write(Buffer.alloc(65_536, 'x')));
    };
    socket.write(head('Connection: close\r\n'));
    socket.on('drain', more);
    more();
  });
  assert.equal(verdictOf(result), 'page protocol-error null');
});

test('oversized headers are a protocol-error', async () => {
  const result = await against((socket) => {
    socket.write(head(`X-Large: ${'x'.repeat(100_000)}\r\n`) + page);
  });
  assert.equal(verdictOf(result), 'first_byte protocol-error null');
});

test('what is not HTTP is a protocol-error', async () => {
  const result = await against((socket) => socket.end('220 mail.example ESMTP\r\n'));
  assert.equal(verdictOf(result), 'first_byte protocol-error null');
});

test('a close before any answer is a connection-closed', async () => {
  const result = await against((socket) => socket.end());
  assert.equal(verdictOf(result), 'first_byte connection-closed null');
});

test('a reset before any answer is a connection-reset', async () => {
  const result = await against((socket) => socket.resetAndDestroy());
  assert.equal(verdictOf(result), 'first_byte connection-reset ECONNRESET');
});

test('a reset in the middle of a page is a connection-reset, also if its length is unknown', async () => {
  for (const fields of ['Content-Length: 100000\r\n', 'Connection: close\r\n']) {
    const result = await against((socket) => {
      socket.write(head(fields) + page);
      setTimeout(() => socket.resetAndDestroy(), 50);
    });
    assert.equal(verdictOf(result), 'page connection-reset ECONNRESET', fields);
  }
});

test('a page that ends early is a connection-closed', async () => {
  const chunked = 'Transfer-Encoding: chunked\r\n';
  for (const fields of ['Content-Length: 100000\r\n', chunked, `${chunked}Connection: close\r\n`]) {
    const result = await against((socket) => {
      const body = fields.startsWith('Transfer') ? `ffff\r\n${page}` : page;
      socket.end(head(fields) + body);
    });
    assert.equal(verdictOf(result), 'page connection-closed null', fields);
  }
});

test('an upgrade that nobody asked for is a protocol-error', async () => {
  const result = await against((socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
  });
  assert.equal(verdictOf(result), 'first_byte protocol-error null');
});

test('nobody listening is a connection-refused in phase tcp', async () => {
  const server = await startRawServer(() => undefined);
  await server.close();
  const result = await attemptWebmail(server.url, 'connect');
  assert.equal(verdictOf(result), 'tcp connection-refused ECONNREFUSED');
});
