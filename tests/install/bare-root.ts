import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execute, type Outcome } from '../container/cell.ts';

/** Who types: root, or the plain user that the base layer has. */
export type User = 'root' | 'plain';

/** The users' numbers and homes; the base layer makes the plain one. */
export const identities = {
  root: { id: 0, home: '/root' },
  plain: { id: 1000, home: '/home/plain' },
} as const satisfies Record<User, { id: number; home: string }>;

/** A machine with nothing but Debian's minimal system, one Node and one npm. */
export interface BareRoot {
  /** Types a line in the clone, with the machine's network. */
  type(line: string, deadlineMs: number): Promise<Outcome>;
  /** The same with no network but 127.0.0.1. */
  typeOffline(line: string, deadlineMs: number): Promise<Outcome>;
  /** Runs a program of this machine on the root's 127.0.0.1. */
  beside(command: readonly string[], deadlineMs: number): Promise<Outcome>;
  /** Ends every process that was typed. */
  interrupt(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a root for one user; hold.sh says how it ends with us. Needs root. */
export async function openRoot(
  user: User,
  layers: readonly string[],
  cache: string,
): Promise<BareRoot> {
  const directory = await mkdtemp(join(tmpdir(), 'mailminute-install-'));
  const holder = spawn(join(import.meta.dirname, 'hold.sh'), [directory, layers.join(':'), cache], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // An interrupt from the terminal ends us, and the holder still cleans up.
    detached: true,
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: holder.stdout })) {
    lines.push(line);
    if (line === 'ready') break;
  }
  if (lines[1] !== 'ready')
    throw new Error('no bare root could be mounted; the reason stands above');
  const pid = Number(lines[0]);
  const path = join(directory, 'root');
  const { id, home } = identities[user];
  const files = [`--mount=/proc/${pid}/ns/mnt`, `--pid=/proc/${pid}/ns/pid_for_children`];
  const network = `--net=/proc/${pid}/ns/net`;
  const enter = (by: readonly string[], command: readonly string[], deadlineMs: number) =>
    execute('nsenter', [...by, ...command], process.env, deadlineMs);
  const typed = (line: string) => [
    ...['chroot', `--userspec=${id}:${id}`, path, 'env', '-i', `HOME=${home}`, 'TERM=dumb'],
    ...['PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', 'sh', '-c'],
    `cd ~/mailminute && ${line}`,
  ];
  return {
    type: (line, deadlineMs) => enter(files, typed(line), deadlineMs),
    typeOffline: (line, deadlineMs) => enter([...files, network], typed(line), deadlineMs),
    beside: (command, deadlineMs) => enter([network], command, deadlineMs),
    interrupt: async () => {
      // In the root's own process namespace -1 is nobody else.
      await enter(files, ['sh', '-c', 'kill -TERM -1'], 10_000);
    },
    close: () => release(holder),
  };
}

async function release(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  const exit = once(holder, 'exit', { signal: AbortSignal.timeout(60_000) });
  holder.stdin?.end();
  await exit;
}
