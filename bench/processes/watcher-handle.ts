import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Arrival } from './messages.ts';

/** The watcher process from the side that asks. */
export class Watcher {
  readonly #child: ChildProcess;
  readonly #arrivals = new Map<string, number>();

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** @param maildir must exist, with its folder `new` */
  static async begin(maildir: string): Promise<Watcher> {
    const child = fork(join(import.meta.dirname, 'watcher.ts'), [maildir], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const watcher = new Watcher(child);
    const [word] = await once(child, 'message', { signal: AbortSignal.timeout(10_000) });
    if (word !== 'ready') throw new Error('the watcher did not begin');
    child.on('message', ({ token, at }: Arrival) => watcher.#arrivals.set(token, at));
    return watcher;
  }

  /** Wall ms at which the message's file appeared; null if it was not seen to. */
  arrivalOf(token: string): number | null {
    return this.#arrivals.get(token) ?? null;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exit = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await exit;
  }
}
