import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Hono } from 'hono';
import { listen } from '../../src/web/listen.ts';

const app = new Hono().get('/', (context) => context.text('here'));
/** Far above the two seconds that closing may take, so that only a hang fails. */
const patience = { timeout: 15_000 };

test('port 0 takes a free port and tells it', patience, async () => {
  const listening = await listen(app, '127.0.0.1', 0);
  assert.ok(listening.port > 0);
  const answer = await fetch(`http://127.0.0.1:${listening.port}/`);
  assert.equal(await answer.text(), 'here');
  await listening.close();
  await assert.rejects(fetch(`http://127.0.0.1:${listening.port}/`));
});

test('a taken port is an error that names the address and the remedy', patience, async () => {
  const listening = await listen(app, '127.0.0.1', 0);
  const { port } = listening;
  await assert.rejects(listen(app, '127.0.0.1', port), {
    message: `Cannot listen on 127.0.0.1:${port}: the port is taken. Stop the program that has it (\`ss -ltnp 'sport = :${port}'\` names it) or set another address in \`listen\`.`,
  });
  await listening.close();
});

test("an address that is not this machine's is an error with the remedy", patience, async () => {
  // TEST-NET-1, RFC 5737: no machine has it.
  await assert.rejects(
    listen(app, '192.0.2.1', 0),
    /^Error: Cannot listen on 192\.0\.2\.1:0: this machine does not have that address\./,
  );
});

test('closing ends idle kept connections', patience, async () => {
  const listening = await listen(app, '127.0.0.1', 0);
  const agent = new Agent({ keepAlive: true });
  const request = get({ host: '127.0.0.1', port: listening.port, agent });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  await listening.close();
  agent.destroy();
});

test('closing does not wait for a client that never finishes its request', patience, async () => {
  const listening = await listen(app, '127.0.0.1', 0);
  const socket = connect(listening.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n');
  // Another request proves that the server has taken the first connection.
  await (await fetch(`http://127.0.0.1:${listening.port}/`)).text();
  const closed = once(socket, 'close');
  await listening.close();
  await closed;
});

test('closing twice is as good as once', patience, async () => {
  const listening = await listen(app, '127.0.0.1', 0);
  await Promise.all([listening.close(), listening.close()]);
  await listening.close();
});
