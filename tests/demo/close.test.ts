import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { startEmbeddedTenant } from '../../src/demo/tenant.ts';
import { Dialogue, imapLogin, knock, popLogin } from './dialogue.ts';

test('close ends every connection and listener, whatever the faults are', async () => {
  const tenant = await startEmbeddedTenant();
  const idling = await imapLogin(tenant);
  await idling.say('c IDLE', /^\+ .*\r\n/m);
  const pop = await popLogin(tenant);
  const smtp = new Dialogue(tenant.smtp.port);
  await smtp.until(/^220.*\r\n/);
  await tenant.faults.set('webmail', 'hang');
  const port = Number(new URL(tenant.webmail.url).port);
  const hanging = new Dialogue(port);
  await once(hanging.socket, 'connect');
  await tenant.close();
  await Promise.all([idling, pop, smtp, hanging].map((dialogue) => dialogue.closed()));
  for (const closed of [tenant.smtp.port, tenant.imap.port, tenant.pop.port, port]) {
    assert.equal(await knock(closed), 'ECONNREFUSED');
  }
  await assert.rejects(tenant.faults.set('imap', 'ok'), /ended/);
  assert.equal(await knock(tenant.imap.port), 'ECONNREFUSED');
  await tenant.close();
});

test('nothing keeps the process alive after close', async () => {
  const script = `
    import { startEmbeddedTenant } from './src/demo/tenant.ts';
    import { connect } from 'node:net';
    const tenant = await startEmbeddedTenant();
    await tenant.faults.set('pop', 'slow');
    await fetch(tenant.webmail.url).then((response) => response.text());
    for (const { port } of [tenant.smtp, tenant.imap, tenant.pop]) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      await new Promise((resolve) => socket.once('connect', resolve));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    await tenant.close();
    console.log('closed');`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: new URL('../../', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 20_000,
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk;
  });
  const [code, signal] = await once(child, 'exit');
  assert.deepEqual({ code, signal, printed }, { code: 0, signal: null, printed: 'closed\n' });
});
