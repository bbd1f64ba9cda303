import { Worker } from 'node:worker_threads';
import type { Comparison } from './bcrypt-worker.ts';

/** Comparisons that may wait at once; each takes the worker some 50 ms at cost 10. */
const mostWaiting = 32;
/** ms; a comparison of the greatest cost takes about 2 s. */
const patience = 10_000;

/** There is too much to compare just now. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

export type Compare = (password: string, hash: string) => Promise<boolean>;

/**
 * Compares passwords with bcrypt hashes in a thread of its own: in this one each comparison would stall
 * the measurements. The thread begins with the first comparison and never keeps the process alive.
 */
export function createHasher(): { readonly compare: Compare } {
  const waiting = new Map<number, (isRight: boolean | Error) => void>();
  let worker: Worker | null = null;
  let last = 0;

  function start(): Worker {
    const started = new Worker(new URL('./bcrypt-worker.ts', import.meta.url));
    // When it is up as well: coming up takes hold of the process again.
    started.unref();
    started.once('online', () => started.unref());
    const gone = (): void => {
      if (worker === started) worker = null;
      for (const answer of waiting.values()) answer(new Error('the thread for passwords ended'));
    };
    started.on('message', ({ id, isRight }: { id: number; isRight: boolean }) =>
      waiting.get(id)?.(isRight),
    );
    started.on('error', gone);
    started.on('exit', gone);
    return started;
  }

  return {
    /** @throws BusyError when too many wait, or it takes too long */
    compare(password, hash) {
      if (waiting.size >= mostWaiting)
        return Promise.reject(new BusyError('too many passwords wait to be compared'));
      worker ??= start();
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      const id = ++last;
      const late = setTimeout(() => answer(new BusyError('comparing took too long')), patience);
      const answer = (isRight: boolean | Error): void => {
        clearTimeout(late);
        waiting.delete(id);
        if (typeof isRight === 'boolean') resolve(isRight);
        else reject(isRight);
      };
      waiting.set(id, answer);
      worker.postMessage({ id, password, hash } satisfies Comparison);
      return promise;
    },
  };
}
