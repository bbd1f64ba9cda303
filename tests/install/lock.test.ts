import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prepared, readLock } from './lock.ts';

const lock = readLock();

test('the lock file lets npm ci work on a bare machine', () => {
  assert.deepEqual(
    lock,
    prepared(lock),
    'npm install took out what bare machines need: type npm run lock',
  );
});
