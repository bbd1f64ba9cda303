import { join } from 'node:path';
import type { Outcome } from '../container/cell.ts';
import { type BareRoot, openRoot, type User } from './bare-root.ts';

/** What a newcomer saw on one machine. */
export interface Experience {
  /** From `npm ci` to its end. */
  readonly installed: number;
  /** From `npm ci && npm run demo` to the first result on the page. */
  readonly firstResult: number;
  /** From `npm test` until its first tool has checked the tree, when every native part was loaded. */
  readonly testBegun: number;
  /** From `npm test` of one file, which checks the code first, to its end; where that was asked for. */
  readonly testEnded?: number;
}

/** A file that needs no Debian package. */
const quickTest = 'npm test -- tests/domain/interval.test.ts';

/** Where the test's words go while it is followed, and what biome says when it is through. */
const said = '/tmp/said';
const firstWords = '^Checked [0-9]* files';

const seconds = () => performance.now() / 1000;

async function timed(does: () => Promise<void>): Promise<number> {
  const before = seconds();
  await does();
  return seconds() - before;
}

/**
 * Types both commands on a bare machine. Between `npm ci` and the demo the network goes: the demo
 * must need none.
 * @throws Error with the end of the output where a command fails
 */
export async function beNewcomer(
  user: User,
  layers: readonly string[],
  cache: string,
  toTheEnd: boolean,
): Promise<Experience> {
  const machine = await openRoot(user, layers, cache);
  try {
    const begun = seconds();
    succeeded('npm ci', await machine.type('npm ci', 480_000));
    const installed = seconds() - begun;

    const demo = machine.typeOffline('npm run demo', 120_000);
    const waiter = [process.execPath, join(import.meta.dirname, 'first-result.ts')];
    const shown = machine.beside(waiter, 60_000);
    await Promise.race([shown, demo]);
    const firstResult = seconds() - begun;
    await machine.interrupt();
    const ended = await demo;
    if ((await shown).code !== 0) throw failure('npm run demo showed no result', ended);

    const testBegun = await timed(() => beginTest(machine));
    const seen = { installed, firstResult, testBegun };
    return toTheEnd ? { ...seen, testEnded: await timed(() => testOneFile(machine)) } : seen;
  } finally {
    await machine.close();
  }
}

async function testOneFile(machine: BareRoot): Promise<void> {
  const outcome = await machine.type(quickTest, 480_000);
  succeeded('npm test', outcome);
  if (!/^ℹ pass [1-9]/m.test(outcome.stdout)) throw failure('npm test ran no test', outcome);
}

async function beginTest(machine: BareRoot): Promise<void> {
  const test = machine.type(`${quickTest} >${said} 2>&1`, 240_000);
  const begun = machine.type(`until grep -qs '${firstWords}' ${said}; do sleep 0.2; done`, 120_000);
  await Promise.race([begun, test]);
  const words = await machine.type(`cat ${said}`, 10_000);
  await machine.interrupt();
  const ended = await test;
  if ((await begun).code !== 0) throw failure('npm test did not begin', { ...ended, ...words });
}

function succeeded(step: string, outcome: Outcome): void {
  if (outcome.code !== 0) throw failure(`${step} ended with ${outcome.code}`, outcome);
}

function failure(what: string, { stdout, stderr }: Outcome): Error {
  return new Error(`${what}\n${`${stdout}\n${stderr}`.slice(-6000)}`);
}
