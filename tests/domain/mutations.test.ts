import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';

const root = join(import.meta.dirname, '../..');

interface Mutation {
  readonly breaks: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Of the name of the test that must see it. */
  readonly seenBy: string;
  /** The file of that test; left out: that of one mailbox. */
  readonly test?: 'users-soundness' | 'mailboxes';
  /** What hides the first change is taken away in the same file as well. */
  readonly and?: { readonly from: string; readonly to: string };
}

const ofEverything = 'whatever the outages';
const ofUsers = 'a share of users';
const ofRestarts = 'nothing ails us but restarts';

/** What the soundness test must not let pass. Each replaces one piece of the judge in a copy of it. */
const mutations: readonly Mutation[] = [
  {
    breaks: 'the threshold (59 s would count)',
    file: 'src/domain/users.ts',
    from: 'lengthOf(interval) >= terms.contract.threshold',
    to: 'lengthOf(interval) >= terms.contract.threshold - 30_000',
    seenBy: ofEverything,
  },
  {
    breaks: 'the floor (a begun minute would count whole)',
    file: 'src/domain/count.ts',
    from: 'Math.floor(lengthOf(interval) / minuteLength)',
    to: 'Math.ceil(lengthOf(interval) / minuteLength)',
    seenBy: ofEverything,
  },
  {
    breaks: 'the union (each protocol would count by itself)',
    file: 'src/domain/users.ts',
    from: 'return union(perProtocol.flatMap((intervals) => intervals.filter(long)));',
    to: 'return perProtocol.flatMap((intervals) => intervals.filter(long));',
    and: {
      from: 'certain: tooMany((user) => user.certain),',
      to: 'certain: users.flatMap((user) => user.certain),',
    },
    seenBy: ofEverything,
  },
  {
    breaks: 'the depth rule (a connect would end a run of failed logins)',
    file: 'src/domain/runs.ts',
    from: 'if (reaches(success.depth, depth)) return success;',
    to: 'return success;',
    seenBy: ofRestarts,
  },
  {
    breaks: 'the beginning of what is possible (the first failure, not the last success)',
    file: 'src/domain/runs.ts',
    from: 'from: earliest(first, depth, own, rules)',
    to: 'from: first.from',
    seenBy: ofRestarts,
  },
  {
    breaks: 'the end of what is possible (a connect would prove that logins work)',
    file: 'src/domain/runs.ts',
    from: 'deeper(depth, rules.requiredDepth)',
    to: 'depth',
    seenBy: 'logins still hang',
  },
  {
    breaks: 'the split where nothing was tried',
    file: 'src/domain/runs.ts',
    from: 'const longestBridge = 30_000;',
    to: 'const longestBridge = 3_000_000;',
    seenBy: 'nothing was tried',
  },
  {
    breaks: 'the unknown minutes of a gap',
    file: 'src/domain/users.ts',
    from: 'const doubt = [...silence(terms, seat), ...others',
    to: 'const doubt = [...others',
    seenBy: ofRestarts,
  },
  {
    breaks: 'the split at a clock step (failures on both sides would be joined)',
    file: 'src/domain/runs.ts',
    from: 'near && !touchesAny(blind, last.to, from)',
    to: 'near',
    seenBy: 'a clock skipped',
  },
  {
    breaks: 'the vigil over the clock (no step would be recorded)',
    file: 'src/schedule/vigil.ts',
    from: 'before === undefined ? [] : [clockStep(before, now)]',
    to: '[]',
    seenBy: 'a clock skipped',
  },
  {
    breaks: 'the attribution of what failed while our own way was shut',
    file: 'src/domain/attribution.ts',
    from: "wayWasShut(failure, grounds.ways)) return 'local'",
    to: "wayWasShut(failure, grounds.ways)) return 'provider'",
    seenBy: 'cut while the service was well',
  },
  {
    breaks: 'the strictness of a share of users (reaching it would exceed it)',
    file: 'src/domain/share.ts',
    from: 'users.inclusive ? own >= limit : own > limit',
    to: 'own >= limit',
    seenBy: ofUsers,
    test: 'users-soundness',
  },
  {
    breaks: 'the share of users (one failing mailbox would be enough)',
    file: 'src/domain/share.ts',
    from: 'if (users === null || failing === asked) return true;',
    to: 'return true;',
    seenBy: ofUsers,
    test: 'users-soundness',
  },
  {
    breaks: 'the doubt about a mailbox (one that nobody saw would count as working)',
    file: 'src/domain/users.ts',
    from: 'union([...user.possible, ...difference(user.doubt, user.out)])',
    to: 'user.possible',
    seenBy: ofUsers,
    test: 'users-soundness',
  },
  {
    breaks: 'the evidence of each mailbox (a success of one would end the run of another)',
    file: 'src/domain/mailboxes.ts',
    from: 'named === mailbox),',
    to: 'named !== null),',
    seenBy: ofUsers,
    test: 'users-soundness',
  },
  {
    // Too rare in the generated worlds to be found by chance.
    breaks: 'the users that are asked (a refused password would stand for a user who is well)',
    file: 'src/domain/users.ts',
    from: 'difference([within], difference(out, own))',
    to: '[within]',
    seenBy: 'its mailbox is asked no more',
    test: 'mailboxes',
  },
];

// A test runner that starts another must not pass on that it is one.
const { NODE_TEST_CONTEXT: _context, ...plainEnvironment } = process.env;

/** Runs the soundness test on a copy of the judge. */
function soundnessOf(mutation: Mutation | null): { passed: boolean; output: string } {
  const copy = mkdtempSync(join(tmpdir(), 'mailminute-mutation-'));
  try {
    for (const part of [
      'src/domain',
      'src/schedule',
      'tests/domain',
      'tests/support',
      'package.json',
    ])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    if (mutation !== null) {
      const file = join(copy, mutation.file);
      for (const { from, to } of [mutation, ...(mutation.and ? [mutation.and] : [])]) {
        const text = readFileSync(file, 'utf8');
        assert.ok(text.includes(from), `${mutation.file} no longer says: ${from}`);
        writeFileSync(file, text.replaceAll(from, to));
      }
    }
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        '--test',
        `--test-name-pattern=${mutation?.seenBy ?? 'prove'}`,
        `tests/domain/${mutation?.test ?? 'soundness'}.test.ts`,
      ],
      {
        cwd: copy,
        encoding: 'utf8',
        timeout: 240_000,
        env: {
          ...plainEnvironment,
          MAILMINUTE_SOUNDNESS_RUNS: mutation === null ? '1000' : '6000',
        },
      },
    );
    return { passed: status === 0 && /pass 6$/m.test(stdout), output: stdout };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

describe('the soundness test goes red when the judge is broken', { timeout: 900_000 }, () => {
  test('it is green on an unbroken copy', () => {
    const { passed, output } = soundnessOf(null);
    assert.ok(passed, output);
  });
  for (const mutation of mutations)
    test(`it is red without ${mutation.breaks}`, () => {
      const { passed, output } = soundnessOf(mutation);
      assert.ok(!passed, output);
      assert.match(
        output,
        mutation.test === 'mailboxes'
          ? /AssertionError/
          : /proven exceeds the truth|the truth exceeds what is possible/,
      );
    });
});
