import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

/**
 * A process of its own that outlives this one for a moment: when this process ends in whatever way
 * (an exception, SIGKILL by a test runner), it ends the services and removes the directory. The
 * kernel's parent-death signal does not do: Postfix clears it by changing its user, and a frozen
 * daemon would not act on it.
 */
export class Guard {
  readonly #child: ChildProcess;
  readonly #orders: Writable;

  constructor(directory: string) {
    const script = join(import.meta.dirname, 'guard-process.ts');
    const child = spawn(process.execPath, [script, directory], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    child.unref();
    this.#child = child;
    this.#orders = child.stdin;
  }

  /** The leader of a session that must end with this process. */
  watch(session: number): void {
    this.#orders.write(`watch ${session}\n`);
  }

  /** That session has ended; its number may soon be somebody else's. */
  release(session: number): void {
    this.#orders.write(`release ${session}\n`);
  }

  /** Ends the guard, which then ends and removes what is left. Resolves when that is done. */
  dismiss(): Promise<void> {
    if (this.#child.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.ref();
      this.#orders.end();
    });
  }
}
