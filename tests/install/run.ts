/**
 * `npm run test:install`: the README's two commands on bare machines, for each npm and Node that the
 * README names; `-- --all` for every pair of them. Prints a table of seconds; exit 1 if one failed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { User } from './bare-root.ts';
import { type Combination, chosenCombinations, chosenPairs, impossible } from './combinations.ts';
import { baseLayer, cacheOf, homeLayer, nodeLayer, npmLayer } from './layers.ts';
import { beNewcomer } from './newcomer.ts';
import { meet, obstacles } from './obstacles.ts';

const all = process.argv.includes('--all');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

function table(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const rows: string[][] = [
  ['npm', 'Node', 'user', '`npm ci`', 'first result on the page', '`npm test` of one file'],
  ['---', '---', '---', '---', '---', '---'],
];

const work = await mkdtemp(join(tmpdir(), 'mailminute-install-'));
let failed = 0;
try {
  const base = await baseLayer();
  const homes: Record<User, string> = {
    root: await homeLayer(join(work, 'root'), 'root'),
    plain: await homeLayer(join(work, 'plain'), 'plain'),
  };
  const attempt = async (combination: Combination): Promise<string[]> => {
    const { npm, node, user } = combination;
    const layers = [homes[user], await npmLayer(npm), await nodeLayer(node), base];
    const { installed, firstResult, tested } = await beNewcomer(
      combination,
      layers,
      await cacheOf(user),
    );
    return [installed, firstResult, tested].map((value) => `${value.toFixed(1)} s`);
  };
  for (const combination of chosenCombinations(all)) {
    const { npm, node, user } = combination;
    const name = `npm ${npm}, Node ${node}, ${user}`;
    if (only.length > 0 && !only.every((part) => name.includes(part))) continue;
    try {
      const figures = await attempt(combination);
      process.stdout.write(`✔ ${name}: ${figures.join(', ')}\n`);
      rows.push([npm, node, user, ...figures]);
    } catch (error) {
      failed += 1;
      process.stdout.write(`✖ ${name}: ${error instanceof Error ? error.message : error}\n`);
      rows.push([npm, node, user, 'FAILED', '', '']);
    }
  }
  for (const obstacle of obstacles) {
    if (only.length > 0 && !only.every((part) => obstacle.name.includes(part))) continue;
    const layers = [homes.plain, await npmLayer('10.9.9'), await nodeLayer(obstacle.node), base];
    try {
      await meet(obstacle, layers, await cacheOf('plain'));
      process.stdout.write(`✔ ${obstacle.name}\n`);
    } catch (error) {
      failed += 1;
      process.stdout.write(
        `✖ ${obstacle.name}: ${error instanceof Error ? error.message : error}\n`,
      );
    }
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
for (const pair of chosenPairs(all)) {
  const why = impossible(pair);
  if (why !== null) rows.push([pair.npm, pair.node, '–', why, '', '']);
}
process.stdout.write(`\n${table(rows)}\n\n`);
process.exitCode = failed === 0 ? 0 : 1;
