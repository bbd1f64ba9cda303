import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Guard } from './guard.ts';
import { sessionMembers, signal, signalSession } from './processes.ts';

/** How one daemon is started, in the foreground, and where it listens. */
export interface ServiceSpec {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly listens: readonly NetConnectOpts[];
  /** File that takes stdout and stderr. */
  readonly outputPath: string;
  /** Removes what a killed daemon leaves behind and would stumble over. */
  readonly clean?: () => void;
}

/** One thing that can fail by itself. Each promise resolves when the state is reached. */
export interface ServiceControl {
  readonly name: string;
  /**
   * Ends every process of the service; then its ports refuse. An orderly end says goodbye where
   * the protocol has a word for it; Dovecot's logger makes it last some 0.3 s, though its ports
   * refuse at once. `kill` and a frozen service's end come without a word, within milliseconds.
   */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Starts it again on the same ports and waits until they accept. */
  start(): Promise<void>;
  /** Stops all its processes in their tracks: ports accept (the kernel does), nobody answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Its living processes; empty when stopped. */
  pids(): readonly number[];
}

const startDeadline = 15_000;
const stopDeadline = 5_000;
/** Time for an orderly end; Dovecot's ports refuse long before, but its logger takes a second. */
const stopGrace = 250;
const pollInterval = 10;

function accepts(options: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(options);
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

async function until(condition: () => boolean | Promise<boolean>, limit: number): Promise<boolean> {
  const deadline = performance.now() + limit;
  while (performance.now() < deadline) {
    if (await condition()) return true;
    await sleep(pollInterval);
  }
  return false;
}

function tail(path: string): string {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
}

/** A daemon as a session of its own. */
export class Service implements ServiceControl {
  readonly name: string;
  readonly #spec: ServiceSpec;
  readonly #guard: Guard;
  #main: ChildProcess | null = null;
  #frozen = false;

  constructor(spec: ServiceSpec, guard: Guard) {
    this.#spec = spec;
    this.#guard = guard;
    this.name = spec.name;
  }

  pids(): readonly number[] {
    const session = this.#main?.pid;
    return session === undefined ? [] : sessionMembers(session).map(({ pid }) => pid);
  }

  async start(): Promise<void> {
    if (this.pids().length > 0) throw new Error(`${this.name} runs already`);
    this.#spec.clean?.();
    this.#frozen = false;
    const output = openSync(this.#spec.outputPath, 'a');
    const [file, ...args] = this.#spec.command;
    // Detached: leader of a new session, which is how its processes are found.
    const child = spawn(file, args, { detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    this.#main = child;
    if (child.pid !== undefined) this.#guard.watch(child.pid);
    let ended = false;
    child.once('error', () => {
      ended = true;
    });
    child.once('exit', () => {
      ended = true;
    });
    const up = await until(async () => ended || (await this.#listening()), startDeadline);
    if (up && !ended) return;
    await this.stop();
    throw new Error(`${this.name} did not start:\n${tail(this.#spec.outputPath)}`);
  }

  async stop(): Promise<void> {
    const session = this.#main?.pid;
    if (session !== undefined && !this.#frozen) {
      if (sessionMembers(session).some(({ pid }) => pid === session)) signal(session, 'SIGTERM');
      await until(() => sessionMembers(session).length === 0, stopGrace);
    }
    await this.kill();
  }

  async kill(): Promise<void> {
    const session = this.#main?.pid;
    if (session === undefined) return;
    const gone = await until(() => {
      signalSession(session, 'SIGKILL');
      return sessionMembers(session).length === 0;
    }, stopDeadline);
    if (!gone) throw new Error(`${this.name} does not end`);
    this.#guard.release(session);
    this.#main = null;
    this.#frozen = false;
  }

  async freeze(): Promise<void> {
    const session = this.#main?.pid;
    if (session === undefined) throw new Error(`${this.name} is stopped`);
    this.#frozen = true;
    // More than one pass: a child may be born while the first goes round.
    const still = await until(() => {
      signalSession(session, 'SIGSTOP');
      return sessionMembers(session).every(({ state }) => state === 'T');
    }, stopDeadline);
    if (!still) throw new Error(`${this.name} does not freeze`);
  }

  async thaw(): Promise<void> {
    const session = this.#main?.pid;
    if (session === undefined) throw new Error(`${this.name} is stopped`);
    signalSession(session, 'SIGCONT');
    this.#frozen = false;
  }

  async #listening(): Promise<boolean> {
    const answers = await Promise.all(this.#spec.listens.map(accepts));
    return answers.every((answer) => answer);
  }
}

/** Several services under one name. */
export function together(name: string, parts: readonly ServiceControl[]): ServiceControl {
  const all = async (act: (part: ServiceControl) => Promise<void>): Promise<void> => {
    await Promise.all(parts.map(act));
  };
  return {
    name,
    stop: () => all((part) => part.stop()),
    kill: () => all((part) => part.kill()),
    start: () => all((part) => part.start()),
    freeze: () => all((part) => part.freeze()),
    thaw: () => all((part) => part.thaw()),
    pids: () => parts.flatMap((part) => [...part.pids()]),
  };
}
