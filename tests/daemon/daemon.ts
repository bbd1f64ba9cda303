import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { isAvailable } from '../tenant/tenant.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** For node:test's `skip`: why the real tenant cannot be had; with CI=true that is a failure. */
export function withoutTenant(): string | false {
  const missing = isAvailable();
  if (missing !== null && process.env.CI === 'true') throw new Error(missing);
  return missing ?? false;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/** A command of mailminute in a process of its own; ended by `stop`, or by itself. */
export class CommandLine {
  readonly process: ChildProcess;
  readonly #ended: Promise<Ended>;
  #output = '';

  /** @param within a command that runs what follows it in a place of its own */
  constructor(
    args: readonly string[],
    env: NodeJS.ProcessEnv = process.env,
    within: readonly string[] = [],
  ) {
    const [program = process.execPath, ...rest] = [...within, process.execPath, cli, ...args];
    this.process = spawn(program, rest, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    this.#ended = once(this.process, 'close').then(([code, signal]) => ({
      code,
      signal,
      output: this.#output,
    }));
  }

  get output(): string {
    return this.#output;
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.process.exitCode === null) this.process.kill(signal);
    return this.#ended;
  }
}

/** Runs a command to its end. */
export function command(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return new CommandLine(args, env).ended();
}

/** Asks again and again until the answer is not null; at most so many ms. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | null> | T | null,
  patience = 30_000,
): Promise<T> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const answer = await ask();
    if (answer !== null) return answer;
    await pause(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

export async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The text of a page, or null while nothing answers. */
export async function page(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

/** Reads rows from a daemon's database while it runs. */
export function rows<T>(database: string, sql: string, ...values: unknown[]): T[] {
  const connection = new Database(database, { readonly: true, timeout: 5_000 });
  try {
    return connection.prepare(sql).all(...values) as T[];
  } finally {
    connection.close();
  }
}
