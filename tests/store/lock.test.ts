import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockDatabase } from '../../src/store/lock.ts';
import { openForReading, StoreError } from '../../src/store/open.ts';
import { newDatabase, resultOf, temporaryFolder, write } from './example.ts';

/** A process that holds the lock until it is killed. */
async function holder(context: TestContext, path: string): Promise<ChildProcess> {
  const program = `
    const { lockDatabase } = await import(${JSON.stringify(import.meta.resolve('../../src/store/lock.ts'))});
    lockDatabase(${JSON.stringify(path)});
    process.stdout.write('locked');
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  assert.ok(child.stdout);
  const [said] = await once(child.stdout, 'data');
  assert.equal(String(said), 'locked');
  return child;
}

test('a second daemon is refused with the process id of the first', async (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  const { pid } = await holder(t, path);
  assert.throws(
    () => lockDatabase(path),
    (error) =>
      error instanceof StoreError &&
      error.message.startsWith(
        `${path}: another mailminute daemon (process ${pid}) is running on this database;`,
      ),
  );
});

test('the lock dies with its process, kill -9 included', async (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  const child = await holder(t, path);
  assert.throws(() => lockDatabase(path), StoreError);
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockDatabase(path)();
});

test('one process cannot take the lock twice; released, it can be taken again', (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  const release = lockDatabase(path);
  assert.throws(() => lockDatabase(path), StoreError);
  release();
  lockDatabase(path)();
});

test('reports read while a daemon holds the lock and writes', async (t) => {
  const { path, connection } = newDatabase(t);
  await holder(t, path);
  const reader = openForReading(path);
  t.after(() => reader.close());
  write(connection, resultOf());
  assert.deepEqual(reader.prepare('SELECT count(*) AS n FROM result').get(), { n: 1 });
});

test('a place where no lock can be made is told as one fault with the path', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const below = join(folder, 'file', 'mailminute.db');
  assert.throws(
    () => lockDatabase(below),
    (error) => error instanceof StoreError && error.message.startsWith(below),
  );
  const path = join(folder, 'mailminute.db');
  mkdirSync(`${path}.lock`);
  assert.throws(
    () => lockDatabase(path),
    (error) => error instanceof StoreError && error.message.includes('.lock: cannot be opened'),
  );
});

test('a process id that could not be written does not matter', (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  mkdirSync(`${path}.pid`);
  const release = lockDatabase(path);
  t.after(release);
  assert.throws(() => lockDatabase(path), /: another mailminute daemon is running/);
});

test('an empty process id is not told', (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  const release = lockDatabase(path);
  t.after(release);
  writeFileSync(`${path}.pid`, '');
  assert.throws(() => lockDatabase(path), /: another mailminute daemon is running/);
});
