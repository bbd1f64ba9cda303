import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { open } from './dialogue.ts';
import { authenticated, send } from './sessions.ts';
import { isAvailable, startTenant, type TenantEndpoint } from './tenant.ts';

const skip = isAvailable() ?? false;
const refused = { code: 'ECONNREFUSED' };

test('whoever ends without a word takes the tenant along', { skip, timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'up.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let directory = '';
  let main = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      directory = /^directory +(\S+)$/.exec(line)?.[1] ?? directory;
      if (line === 'ready') break;
    }
    const control = [join(import.meta.dirname, 'control.ts'), directory, 'freeze', 'postfix'];
    assert.equal(spawnSync(process.execPath, control, { encoding: 'utf8' }).stdout, 'ok\n');
    main = Number(readFileSync(join(directory, 'spool/pid/master.pid'), 'utf8'));
    assert.ok(isAlive(main));
  } finally {
    child.kill('SIGKILL');
  }
  for (let tries = 0; tries < 400 && existsSync(directory); tries += 1) await sleep(25);
  assert.equal(existsSync(directory), false);
  assert.equal(isAlive(main), false);
});

test('mail for a routed domain leaves by the route', { skip, timeout: 60_000 }, async () => {
  const seen: Promise<void>[] = [];
  const sink = createServer((socket) => {
    seen.push(new Promise((resolve) => socket.once('close', () => resolve())));
    socket.end('521 not today\r\n');
  });
  const port = await new Promise<number>((resolve) => {
    sink.listen(0, '127.0.0.1', () => {
      const address = sink.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const routes = [{ domain: 'sink.example', host: '127.0.0.1', port }];
  const tenant = await startTenant({ routes });
  try {
    const smtp = await authenticated(tenant, 'smtps');
    await send(smtp, tenant.probe, 'somebody@sink.example', 'outbound@probe.example');
    smtp.close();
    for (let tries = 0; tries < 200 && seen.length === 0; tries += 1) await sleep(25);
    assert.equal(seen.length, 1);
  } finally {
    await tenant.close();
    sink.close();
  }
});

/** A process that has ended but was not collected by its parent yet has no command line. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) && readFileSync(path, 'utf8') !== '';
}

test('close ends every process, frees the ports and removes the directory', {
  skip,
  timeout: 60_000,
}, async () => {
  const closing = await startTenant({ users: [] });
  const names = ['postfix', 'dovecot', 'nginx', 'php-fpm'] as const;
  const pids = names.flatMap((name) => [...closing.service(name).pids()]);
  await closing.service('dovecot-imap').freeze();
  await closing.close();
  assert.ok(pids.length > 20);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.equal(existsSync(closing.directory), false);
  const endpoint: TenantEndpoint = { ...closing.endpoints.mx, tls: 'none' };
  await assert.rejects(open(endpoint, closing.ca.text), refused);
});
