import { resolve } from 'node:path';
import type { Cell, Outcome } from './cell.ts';

/** The tree that holds the Dockerfile. */
export const root = resolve(import.meta.dirname, '../..');

/** Builds an image from a folder with a Dockerfile, without the network unless `more` says so. */
export async function build(
  cell: Cell,
  name: string,
  context: string,
  { online = false, more = [] }: { online?: boolean; more?: readonly string[] } = {},
): Promise<void> {
  // No layer is kept between steps: nothing of this storage is used again.
  const options = [
    '--isolation=chroot',
    '--pull=never',
    '--format=docker',
    '--layers=false',
    ...more,
  ];
  const args = ['build', ...options, '--tag', name, context];
  const outcome = online ? await cell.podmanOnline(args, 600_000) : await cell.podman(args, 60_000);
  must(`build of ${name}`, outcome);
}

/** @throws Error with the end of the output if a step failed */
export function must(step: string, outcome: Outcome): Outcome {
  if (outcome.code !== 0) {
    throw new Error(`${step} ended with ${outcome.code}: ${outcome.stderr.slice(-12_000)}`);
  }
  return outcome;
}
