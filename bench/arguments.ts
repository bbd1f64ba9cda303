import { parseArgs } from 'node:util';

export interface Options {
  /** Measured rounds of each side and variant. */
  readonly rounds: number;
  readonly warmup: number;
  readonly json: boolean;
  /** Folder for CPU profiles of our side; null for none. */
  readonly profile: string | null;
}

export const help = `Usage: npm run bench -- [--rounds N] [--warm-up N] [--json] [--profile DIRECTORY]

Measures whole rounds (a message is submitted by SMTP and seen by IMAP, by POP and by webmail) on a
real tenant that it brings up on loopback: CPU, wall time and memory of the client, and how soon
after its true arrival a message is seen. The same dialogues with the bare libraries run in turn,
in a process of their own. Needs root and Debian's packages, as the tests do.

  --rounds N           measured rounds of each side (default 30)
  --warm-up N          rounds before that (default 20)
  --json               figures of every round, for machines
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
      'warm-up': { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  return {
    rounds: count(values.rounds, '--rounds', 1),
    warmup: count(values['warm-up'], '--warm-up', 0),
    json: values.json,
    profile: values.profile ?? null,
  };
}

function count(text: string, option: string, least: number): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= 10_000) return value;
  throw new Error(`${option}: expected a number from ${least} to 10000, found "${text}"`);
}
