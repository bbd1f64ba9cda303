import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepared, readLock } from './lock.ts';

const lock = readLock();

test('the package of Node is optional where it is asked for', () => {
  assert.ok(
    lock.packages['']?.optionalDependencies?.node,
    'as any other dependency npm 10 removes the whole clone where there is none for the platform',
  );
});

test('the lock file lets npm ci work on a bare machine', () => {
  assert.deepEqual(
    lock,
    prepared(lock),
    'npm install took out what bare machines need: type npm run lock',
  );
});
