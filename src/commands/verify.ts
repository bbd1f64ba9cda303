import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Verified, verifySeals } from '../store/verify.ts';
import type { SealFault } from '../store/verify-rows.ts';
import { look, misuse, say } from './entering.ts';
import { CommandError, exitCodes } from './exit.ts';
import { type ConfigOptions, settingsOf, withConfig } from './settings.ts';
import { summaries } from './summaries.ts';

interface VerifyOptions extends ConfigOptions {
  readonly most: number;
  readonly hash?: string;
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number from 1 on');
}

/** `mailminute verify`: proves that nothing sealed was altered or removed. */
export function registerVerify(program: Command): void {
  withConfig(program.command('verify'))
    .description(summaries.verify)
    .option('--hash <sha256>', 'a hash that a report printed: it must still be part of the chain')
    .addOption(
      new Option('--most <n>', 'most faults that are printed').default(100).argParser(countOf),
    )
    .action(verify);
}

function verify(options: VerifyOptions): void {
  const hash = options.hash?.toLowerCase() ?? null;
  if (hash !== null && !/^[0-9a-f]{64}$/.test(hash))
    throw misuse(`--hash: expected the 64 hexadecimal digits of a report, found "${options.hash}"`);
  const settings = settingsOf(options);
  const verified = look(settings, (connection) =>
    verifySeals(connection, { most: options.most, hash, progress: progressOn(process.stderr) }),
  );
  const { days, rows, head, faults, faultCount, held } = verified;
  for (const fault of faults) say(faultText(fault));
  if (faultCount > faults.length) say(`… and ${faultCount - faults.length} more (--most)`);
  if (hash !== null && held === null) say(`no seal has the hash ${hash}`);
  if (faultCount > 0 || (hash !== null && held === null))
    throw new CommandError(remedyText(settings.database, verified), exitCodes.failed);
  if (held !== null)
    say(`the hash is that of ${held}: everything up to that day is what it was then`);
  if (head === null) say('nothing is sealed yet: a day is, ten minutes after it is over (UTC)');
  else
    say(
      `${days} days with ${rows} rows are as they were sealed; the chain ends on ${head.day} in ${head.hash}`,
    );
}

function faultText({ day, table, row, what }: SealFault): string {
  const place = [day, ...(table === null ? [] : [row === null ? table : `${table} ${row}`])];
  return `${place.join(': ')}: ${what}`;
}

function remedyText(database: string, { faultCount }: Verified): string {
  const found =
    faultCount === 0
      ? 'the chain was rewritten or cut since that hash was written down'
      : 'the evidence is not as it was sealed';
  return `${found}. Keep ${database} as it is, restore the last backup to another place and verify that; do not rely on figures of the days named until one does`;
}

/** One line that is written over and over, for a person who waits; nothing into files and pipes. */
function progressOn(stream: NodeJS.WriteStream): (done: number, days: number) => void {
  if (!stream.isTTY) return () => {};
  return (done, days) => {
    stream.write(done < days ? `\rverifying day ${done + 1} of ${days} …` : '\r\u001B[K');
  };
}
