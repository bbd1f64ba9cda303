import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Target, Variant } from '../target.ts';
import type { MemoryFigures, PlayedRound, Reply, Request } from './messages.ts';

/** One answer takes a second or so; a library may hang for good. */
const answerLimit = 60_000;

/** A worker process from the side that asks. */
export class Worker {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /**
   * @param root the checkout whose probes play; null for the bare libraries
   * @param profile folder for a CPU profile, or null
   */
  static async begin(
    root: string | null,
    variant: Variant,
    target: Target,
    profile: string | null,
  ): Promise<Worker> {
    const profiling = ['--cpu-prof', '--cpu-prof-dir', `${profile}`];
    const child = fork(join(import.meta.dirname, 'worker.ts'), {
      execArgv: ['--expose-gc', ...(profile === null ? [] : profiling)],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const worker = new Worker(child);
    await worker.#ask({ ask: 'begin', root, variant, target });
    return worker;
  }

  async round(): Promise<PlayedRound> {
    const reply = await this.#ask({ ask: 'round' });
    if (reply.answer === 'round') return reply.round;
    throw new Error('the worker answered something else');
  }

  async memory(): Promise<MemoryFigures> {
    const reply = await this.#ask({ ask: 'memory' });
    if (reply.answer === 'memory') return reply.memory;
    throw new Error('the worker answered something else');
  }

  /** Ends the process, orderly if it can. */
  async end(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    const limit = setTimeout(() => child.kill('SIGKILL'), 10_000);
    if (child.connected) child.disconnect();
    await exit;
    clearTimeout(limit);
  }

  /** @throws if the process ends, or does not answer in time */
  async #ask(request: Request): Promise<Reply> {
    const child = this.#child;
    const reply = Promise.withResolvers<Reply>();
    const onExit = (code: number | null): void =>
      reply.reject(new Error(`a worker ended with code ${code}`));
    const limit = setTimeout(() => {
      reply.reject(new Error(`a worker did not answer within ${answerLimit} ms`));
    }, answerLimit);
    child.once('message', reply.resolve).once('exit', onExit);
    child.send(request);
    try {
      return await reply.promise;
    } finally {
      clearTimeout(limit);
      child.off('message', reply.resolve).off('exit', onExit);
    }
  }
}
