import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** Measured rounds of each side and variant. */
  readonly rounds: number;
  readonly warmup: number;
  readonly json: boolean;
  /** Folder for CPU profiles of our side; null for none. */
  readonly profile: string | null;
  /** An older checkout that plays too; null for none. */
  readonly beside: string | null;
}

export const help = `Usage: npm run bench -- [--rounds N] [--warm-up N] [--json] [--beside DIRECTORY] [--profile DIRECTORY]

Measures whole rounds (a message is submitted by SMTP and seen by IMAP, by POP and by webmail) on a
real tenant that it brings up on loopback: CPU, wall time and memory of the client, and how soon
after its true arrival a message is seen. The same dialogues with the bare libraries run in turn,
in a process of their own, and so does an older checkout, if one is given. Needs root and Debian's
packages, as the tests do.

  --rounds N           measured rounds of each side (default 30)
  --warm-up N          rounds before that (default 100)
  --json               figures of every round, for machines
  --beside DIRECTORY   an older checkout of this repository, with its node_modules: its probes play
                       the same rounds in turn with the other sides
  --profile DIRECTORY  write CPU profiles of our side there; the figures are worth nothing then
  --help               this text

Ends with 0 when it could measure, whether or not an aim was met; with 1 when it could not.
`;

/** Null if only the help is wanted. @throws Error for what cannot be understood */
export function readArguments(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '30' },
      'warm-up': { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      beside: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    rounds: count(values.rounds, '--rounds', 1),
    warmup: count(values['warm-up'], '--warm-up', 0),
    json: values.json,
    profile: values.profile ?? null,
    beside: values.beside === undefined ? null : checkout(values.beside),
  };
}

/** What plays has to be there: a worker that lacks a module would say so at length. */
function checkout(path: string): string {
  if (!existsSync(path)) throw new Error(`--beside: there is no directory "${path}"`);
  const needed = ['node_modules', 'probes/round.ts', 'bench/product.ts'];
  const missing = needed.find((part) => !existsSync(join(path, part)));
  if (missing === undefined) return resolve(path);
  throw new Error(
    `--beside: expected a checkout of this repository with its packages, found no ${missing} in "${path}"`,
  );
}

function count(text: string, option: string, least: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= 10_000) return value;
  throw new Error(`${option}: expected a number from ${least} to 10000, found "${text}"`);
}
