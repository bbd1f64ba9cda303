import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlStore } from '../../src/store/controls.ts';
import { openDatabase } from '../../src/store/open.ts';
import { look } from '../domain/controls.ts';

function store() {
  return controlStore(openDatabase(':memory:'));
}

function looks(at: number, ok: readonly boolean[]) {
  return ok.map((one, index) => {
    const { round: _round, ...plain } = look(0, at, `t${index}`, one);
    return plain;
  });
}

test('a round comes back as it was written, every target under the round’s number', () => {
  const controls = store();
  controls.record(looks(10, [true, false, true]));
  controls.record(looks(70, [true, true, true]));
  const found = controls.results(0, 100_000);
  assert.deepEqual(
    found.map(({ round, target, ok, reason }) => [round, target, ok, reason]),
    [
      [1, 't0.example:443', true, null],
      [1, 't1.example:443', false, 'timeout'],
      [1, 't2.example:443', true, null],
      [2, 't0.example:443', true, null],
      [2, 't1.example:443', true, null],
      [2, 't2.example:443', true, null],
    ],
  );
  assert.deepEqual(found[1], { ...look(1, 10, 't1', false) });
});

test('a round of which one result ended in time comes whole', () => {
  const controls = store();
  // The first ends after 20 ms, the second after 5 s.
  controls.record(looks(10, [true, false]));
  assert.equal(controls.results(12_000, 20_000).length, 2);
  assert.equal(controls.results(0, 12_000).length, 2);
  assert.equal(controls.results(15_001, 20_000).length, 0);
});

test('a round of which one result cannot be written is not written at all', () => {
  const controls = store();
  const [one] = looks(10, [true]);
  assert.ok(one);
  assert.throws(() => controls.record([one, { ...one, endedAt: 1.5 }]));
  assert.deepEqual(controls.results(0, 100_000), []);
});
