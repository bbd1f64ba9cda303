import assert from 'node:assert/strict';
import { test } from 'node:test';
import { incidentStore } from '../../src/store/incidents.ts';
import { newDatabase } from './example.ts';

test('pauses and clock steps make blind where they touch the stretch; starts and stops do not', (t) => {
  const incidents = incidentStore(newDatabase(t).connection);
  const record = (kind: 'start' | 'stop' | 'clock-step' | 'pause', from: number, to: number) =>
    incidents.record({ kind, from, to, detail: '' });
  record('pause', 5_000, 6_000);
  record('clock-step', 1_000, 2_000);
  record('pause', 0, 999);
  record('pause', 9_000, 9_500);
  record('start', 3_000, 3_000);
  record('stop', 4_000, 4_000);
  assert.deepEqual(incidents.blind(1_000, 9_000), [
    { from: 1_000, to: 2_000 },
    { from: 5_000, to: 6_000 },
  ]);
  assert.deepEqual(incidents.blind(2_000, 5_000), [{ from: 1_000, to: 2_000 }]);
});
