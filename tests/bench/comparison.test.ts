import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readArguments } from '../../bench/arguments.ts';
import { inOrder, type MeasuredRound, type Played } from '../../bench/comparison.ts';
import { costFigures, delayFigures } from '../../bench/figures.ts';
import { table } from '../../bench/table.ts';
import type { Side } from '../../bench/target.ts';

const root = join(import.meta.dirname, '../..');
const mebi = 2 ** 20;

/** Rounds of so much CPU, ms, that see a message so long after it came, ms. */
function playedBy(side: Side, cpu: readonly number[], behind: number): Played {
  const seen = { imap: { firstSeen: 1_010 + behind, lastNotSeen: 1_005 } };
  const rounds = cpu.map((one): MeasuredRound => {
    const cost = { user: one * 750, system: one * 250, wall: 2_000 * one };
    return { token: 't', acceptedAt: 1_000, arrivedAt: 1_010, seen, fault: null, cost };
  });
  const memory = { bare: 60 * mebi, resident: 120 * mebi, peak: 130 * mebi, heap: 20 * mebi };
  return { side, rounds, memory };
}

const comparison = {
  variant: 'whole' as const,
  faults: [],
  played: [
    playedBy('ours', [20, 22, 24], 30),
    playedBy('libraries', [20, 21, 22], 50),
    playedBy('beside', [18, 18, 20], 40),
  ],
};

test('an older checkout is played from its own directory', () => {
  assert.equal(readArguments([])?.beside, null);
  assert.equal(readArguments(['--beside', root])?.beside, root);
});

test('a directory that cannot play is told in one line, with what it lacks', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'mailminute-beside-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const told = (pattern: RegExp) =>
    assert.throws(() => readArguments(['--beside', directory]), { message: pattern });
  told(/^--beside: .* found no node_modules in ".*"$/);
  mkdirSync(join(directory, 'node_modules'));
  told(/^--beside: .* found no probes\/round\.ts in ".*"$/);
  mkdirSync(join(directory, 'probes'));
  writeFileSync(join(directory, 'probes/round.ts'), '');
  told(/^--beside: .* found no bench\/product\.ts in ".*"$/);
  for (const nowhere of [join(directory, 'nowhere'), '']) {
    assert.throws(() => readArguments([`--beside=${nowhere}`]), {
      message: `--beside: there is no directory "${nowhere}"`,
    });
  }
});

test('each side begins as often as any other, and comes as often behind each other', () => {
  const orders = (players: string) =>
    Array.from({ length: 6 }, (_, turn) => inOrder([...players], turn).join(''));
  assert.deepEqual([...new Set(orders('abc'))].sort(), ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
  assert.deepEqual(orders('ab').slice(0, 4), ['ab', 'ba', 'ba', 'ab']);
});

test('CPU has an aim beside each other side, which the figures and the table judge', () => {
  const costs = costFigures(comparison);
  assert.deepEqual(
    costs.ratios.map(({ to, ratio, aim, verdict }) => [to, ratio.toFixed(3), aim, verdict]),
    [
      ['libraries', '1.048', 1.05, 'met'],
      ['beside', '1.222', 1.2, 'MISSED'],
    ],
  );
  const text = table([], [costs], delayFigures(comparison));
  assert.match(text, /ours \/ libraries 1\.048 .* at most 1\.05: met$/m);
  assert.match(text, /ours \/ beside 1\.222 .* at most 1\.2: MISSED$/m);
  assert.match(text, /^ {2}CPU ms .* 22\.0 .* 21\.0 .* 18\.0 .* 1\.05 +1\.22$/m);
});

test('without an older checkout there is nothing of it', () => {
  const played = comparison.played.slice(0, 2);
  const costs = costFigures({ ...comparison, played });
  assert.deepEqual(
    costs.ratios.map(({ to }) => to),
    ['libraries'],
  );
  assert.doesNotMatch(table([], [costs], delayFigures({ ...comparison, played })), /beside/);
});

test('of the delays only ours are judged', () => {
  const delays = delayFigures(comparison);
  assert.deepEqual(
    delays.map(({ side, within, verdict }) => [side, within, verdict]),
    [
      ['ours', 3, 'met'],
      ['libraries', 0, null],
      ['beside', 0, null],
    ],
  );
});
