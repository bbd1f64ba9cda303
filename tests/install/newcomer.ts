import { join } from 'node:path';
import type { Outcome } from '../container/cell.ts';
import { openRoot, type User } from './bare-root.ts';

/** What a newcomer saw on one machine. */
export interface Experience {
  /** From `npm ci` to its end. */
  readonly installed: number;
  /** From `npm ci && npm run demo` to the first result on the page. */
  readonly firstResult: number;
  /** From `npm test` of one file, which checks the code first, to its end. */
  readonly tested: number;
}

/** A file that needs no Debian package. */
const quickTest = 'tests/domain/interval.test.ts';

const seconds = () => performance.now() / 1000;

/**
 * Types both commands on a bare machine. Between `npm ci` and the demo the network goes: the demo
 * must need none.
 * @throws Error with the end of the output where a command fails
 */
export async function beNewcomer(
  user: User,
  layers: readonly string[],
  cache: string,
): Promise<Experience> {
  const machine = await openRoot(user, layers, cache);
  try {
    const begun = seconds();
    succeeded('npm ci', await machine.type('npm ci', 240_000));
    const installed = seconds() - begun;

    const demo = machine.typeOffline('npm run demo', 120_000);
    const waiter = [process.execPath, join(import.meta.dirname, 'first-result.ts')];
    const seen = machine.beside(waiter, 60_000);
    await Promise.race([seen, demo]);
    const firstResult = seconds() - begun;
    await machine.interrupt();
    const ended = await demo;
    if ((await seen).code !== 0) throw failure('npm run demo showed no result', ended);

    const before = seconds();
    const outcome = await machine.type(`npm test -- ${quickTest}`, 240_000);
    const tested = seconds() - before;
    succeeded('npm test', outcome);
    if (!/^ℹ pass [1-9]/m.test(outcome.stdout)) throw failure('npm test ran no test', outcome);
    return { installed, firstResult, tested };
  } finally {
    await machine.close();
  }
}

function succeeded(step: string, outcome: Outcome): void {
  if (outcome.code !== 0) throw failure(`${step} ended with ${outcome.code}`, outcome);
}

function failure(what: string, { stdout, stderr }: Outcome): Error {
  return new Error(`${what}\n${`${stdout}\n${stderr}`.slice(-6000)}`);
}
