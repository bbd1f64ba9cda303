import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Request } from './messages.ts';

/** A block of attempts, or rendering for hundreds of tenants on a busy machine, takes a while. */
const answerLimit = 180_000;

/** One of the benchmark's processes, from the side that asks. */
export class Process {
  readonly #child: ChildProcess;

  constructor(name: 'server' | 'prober' | 'scraper') {
    this.#child = fork(join(import.meta.dirname, `${name}.ts`), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** The next message of the process. @throws if it ends, or sends none in time */
  async next<T>(): Promise<T> {
    const reply = Promise.withResolvers<unknown>();
    const onExit = (code: number | null): void =>
      reply.reject(new Error(`a process ended with code ${code}`));
    const limit = setTimeout(
      () => reply.reject(new Error(`a process did not answer within ${answerLimit} ms`)),
      answerLimit,
    );
    this.#child.once('message', reply.resolve).once('exit', onExit);
    try {
      return (await reply.promise) as T;
    } finally {
      clearTimeout(limit);
      this.#child.off('message', reply.resolve).off('exit', onExit);
    }
  }

  ask<T>(request: Request): Promise<T> {
    const reply = this.next<T>();
    this.#child.send(request);
    return reply;
  }

  async end(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    const limit = setTimeout(() => child.kill('SIGKILL'), 5_000);
    if (child.connected) child.disconnect();
    await exit;
    clearTimeout(limit);
  }
}
