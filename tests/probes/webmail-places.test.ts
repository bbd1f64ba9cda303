import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../probes/failure.ts';
import { Places } from '../../probes/webmail/chromium/places.ts';

const { signal } = new AbortController();

test('a place that is given back is the first waiting one’s, not a later comer’s', async () => {
  const places = new Places(1, 5000);
  await places.take(signal);
  const served: string[] = [];
  const waiting = places.take(signal).then(() => served.push('waiting'));
  places.giveBack();
  const later = places.take(signal).then(() => served.push('later'));
  await waiting;
  assert.deepEqual(served, ['waiting']);
  places.giveBack();
  await later;
});

test('who gives up in the moment that it is served leaves the place to the next', async () => {
  const places = new Places(1, 5000);
  await places.take(signal);
  const ending = new AbortController();
  const gone = assert.rejects(places.take(ending.signal), /the deadline/);
  const next = places.take(signal);
  ending.abort(new Fault('timeout', 'the deadline'));
  places.giveBack();
  await gone;
  await next;
});

test('who waits too long is told that it is our own lack, and takes no place away', async () => {
  const places = new Places(1, 20);
  await places.take(signal);
  await assert.rejects(places.take(signal), (error) => {
    return error instanceof Fault && error.reason === 'internal-error';
  });
  places.giveBack();
  await places.take(signal);
});
