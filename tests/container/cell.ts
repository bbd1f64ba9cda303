import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** How a command ended. `code` is null if its deadline passed and it was killed. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A podman of its own: storage, processes and network that end with it, apart from the machine's. */
export interface Cell {
  /** A temporary directory that goes when the cell is closed. */
  readonly directory: string;
  /** The control group for everything that runs in the cell. */
  readonly cgroup: string;
  /** Runs podman with these arguments, without a way out; never rejects on an exit code. */
  podman(args: readonly string[], deadlineMs?: number): Promise<Outcome>;
  /** The same with the machine's network, which a build needs. */
  podmanOnline(args: readonly string[], deadlineMs: number): Promise<Outcome>;
  /** Runs any program next to the containers: their ports are on its 127.0.0.1. */
  enter(command: readonly string[], env: NodeJS.ProcessEnv, deadlineMs: number): Promise<Outcome>;
  /** Ends every container and process, and removes the storage. */
  close(): Promise<void>;
}

type Holder = ChildProcessByStdio<Writable, Readable, null>;

/** Opens a cell; hold.sh says how it ends with us, also if we are killed. Needs root. */
export async function openCell(): Promise<Cell> {
  const directory = await mkdtemp(join(tmpdir(), 'mailminute-container-'));
  const cgroup = `/${basename(directory)}`;
  const holder = hold(directory, cgroup);
  const pid = await namespacesOf(holder).catch(async (error: unknown) => {
    await release(holder);
    throw error;
  });
  await writeConfiguration(directory);
  const env = environment(directory);
  const inside = [`--mount=/proc/${pid}/ns/mnt`, `--pid=/proc/${pid}/ns/pid_for_children`];
  const offline = [...inside, `--net=/proc/${pid}/ns/net`];
  const podman = (args: readonly string[], deadlineMs = 60_000): Promise<Outcome> =>
    execute('nsenter', [...offline, 'podman', ...args], env, deadlineMs);
  return {
    directory,
    cgroup,
    podman,
    podmanOnline: (args, deadlineMs) =>
      execute('nsenter', [...inside, 'podman', ...args], env, deadlineMs),
    enter: (command, more, deadlineMs) =>
      execute('nsenter', [...offline, ...command], { ...env, ...more }, deadlineMs),
    close: async () => {
      // In good order first, so that the holder finds little left to end.
      await podman(['rm', '--all', '--force', '--time=1'], 30_000);
      await release(holder);
    },
  };
}

/** Runs a program to its end; the deadline or an output beyond 16 MB kills it. */
export function execute(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  deadlineMs: number,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { env, timeout: deadlineMs, maxBuffer: 16 * 1024 * 1024 };
    execFile(file, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr: error !== null && stderr === '' ? error.message : stderr });
    });
  });
}

function hold(directory: string, cgroup: string): Holder {
  // Detached: an interrupt from the terminal ends us, and the holder still cleans up.
  return spawn(join(import.meta.dirname, 'hold.sh'), [directory, cgroup], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
}

/** The process id that the holder prints, once its namespaces are ready. */
async function namespacesOf(holder: Holder): Promise<number> {
  const timer = setTimeout(() => holder.stdin.end(), 10_000);
  const lines: string[] = [];
  for await (const line of createInterface({ input: holder.stdout })) {
    lines.push(line);
    if (line === 'ready') break;
  }
  clearTimeout(timer);
  if (lines[1] !== 'ready') throw new Error('no namespaces could be made for podman');
  return Number(lines[0]);
}

async function release(holder: Holder): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  const exit = once(holder, 'exit', { signal: AbortSignal.timeout(60_000) });
  holder.stdin.end();
  await exit;
}

function environment(directory: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CONTAINERS_CONF: join(directory, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(directory, 'storage.conf'),
    TMPDIR: join(directory, 'tmp'),
  };
}

async function writeConfiguration(directory: string): Promise<void> {
  await mkdir(join(directory, 'tmp'));
  const storage = [
    '[storage]',
    'driver = "overlay"',
    `graphroot = "${join(directory, 'storage')}"`,
    `runroot = "${join(directory, 'run')}"`,
  ];
  // File locks, because the shared-memory ones are one set for the whole machine; a log of events
  // in a file, because there may be no journal; limits that a container inside a container allows.
  const containers = [
    '[containers]',
    'default_ulimits = ["nofile=20000:20000", "nproc=30000:30000"]',
    '[engine]',
    'runtime = "runc"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    'lock_type = "file"',
    `tmp_dir = "${join(directory, 'libpod')}"`,
    // With names: a container finds another one by its name, as with Docker.
    '[network]',
    'network_backend = "netavark"',
    `network_config_dir = "${join(directory, 'networks')}"`,
  ];
  await writeFile(join(directory, 'storage.conf'), `${storage.join('\n')}\n`);
  await writeFile(join(directory, 'containers.conf'), `${containers.join('\n')}\n`);
}
