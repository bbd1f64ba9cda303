/**
 * `npm run test:install`: the README's two commands on bare machines, each npm and Node that
 * docs/installing.md names once, `npm test` to its beginning; `-- --all` for every pair of them as both
 * users, and for the few through the whole check and a test. Prints a table of seconds; exit 1 if one
 * failed. A word (`-- --all "npm 9" root`) tries only what has it in its name. Needs root, Debian 12 and
 * the network.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingHere } from '../container/requirements.ts';
import type { User } from './bare-root.ts';
import { type Combination, chosenCombinations, impossiblePairs } from './combinations.ts';
import { baseLayer, cacheOf, homeLayer, nodeLayer, npmLayer } from './layers.ts';
import { beNewcomer, type Experience } from './newcomer.ts';
import { chosenObstacles, meet } from './obstacles.ts';

const lacking = missingHere(['mmdebstrap', 'iproute2'], true);
if (lacking !== false) {
  process.stderr.write(`npm run test:install cannot run here: it ${lacking}\n`);
  process.exit(1);
}

/** Something to try; what it returns is told beside its name. */
interface Trial {
  readonly name: string;
  attempt(): Promise<string>;
}

const all = process.argv.includes('--all');
const words = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const work = await mkdtemp(join(tmpdir(), 'mailminute-install-'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    rmSync(work, { recursive: true, force: true });
    process.exit(130);
  });
}

const base = await baseLayer();
const homes: Readonly<Record<User, string>> = {
  root: await homeLayer(join(work, 'root'), 'root'),
  plain: await homeLayer(join(work, 'plain'), 'plain'),
};
const layers = async (npm: string, node: string, user: User) => [
  homes[user],
  await npmLayer(npm),
  await nodeLayer(node),
  base,
];

const seen = new Map<string, Experience>();
const combinations = chosenCombinations(all);
const nameOf = ({ npm, node, user }: Combination) => `npm ${npm}, Node ${node}, ${user}`;
const told = ({ installed, firstResult, testBegun, testEnded }: Experience) =>
  [installed, firstResult, testBegun, testEnded].map((seconds) =>
    seconds === undefined ? '' : `${seconds.toFixed(0)} s`,
  );

const trials: readonly Trial[] = [
  ...combinations.map((combination) => {
    const { npm, node, user, usual } = combination;
    const name = nameOf(combination);
    const attempt = async () => {
      const lower = await layers(npm, node, user);
      const experience = await beNewcomer(user, lower, await cacheOf(user), all && usual);
      seen.set(name, experience);
      return `: ${told(experience).join(' ')}`;
    };
    return { name, attempt };
  }),
  ...chosenObstacles(all).map((obstacle) => ({
    name: `npm ${obstacle.npm}, Node ${obstacle.node}, ${obstacle.name}: ${obstacle.typed}`,
    attempt: async () => {
      const lower = await layers(obstacle.npm, obstacle.node, 'plain');
      await meet(obstacle, lower, await cacheOf('plain'));
      return '';
    },
  })),
].filter(({ name }) => words.every((word) => name.includes(word)));

/** One after the other from what is left; tells how many failed. */
async function workOff(queue: Trial[]): Promise<number> {
  let failed = 0;
  for (let trial = queue.shift(); trial !== undefined; trial = queue.shift()) {
    try {
      process.stdout.write(`✔ ${trial.name}${await trial.attempt()}\n`);
    } catch (error) {
      failed += 1;
      const why = error instanceof Error ? error.message : error;
      process.stdout.write(`✖ ${trial.name}: ${why}\n`);
    }
  }
  return failed;
}

function table(): string {
  const tried = combinations.map((combination) => {
    const experience = seen.get(nameOf(combination));
    const figures = experience === undefined ? ['–', '–', '–', ''] : told(experience);
    return [combination.npm, combination.node, combination.user, ...figures];
  });
  const untried = impossiblePairs(all).map(({ npm, node, why }) => [
    npm,
    node,
    '–',
    why,
    '',
    '',
    '',
  ]);
  const head = [
    'npm',
    'Node',
    'user',
    '`npm ci`',
    'first result',
    '`npm test` begins',
    'check ends',
  ];
  const rows = [...tried, ...untried];
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

const queue = [...trials];
try {
  const workers = Array.from({ length: availableParallelism() }, () => workOff(queue));
  const failed = (await Promise.all(workers)).reduce((sum, count) => sum + count, 0);
  process.stdout.write(`\n${table()}\n${trials.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && trials.length > 0 ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
}
