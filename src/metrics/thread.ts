import { Worker } from 'node:worker_threads';
import { type Build, readProcess } from './process.ts';
import type { Exposition, Reply, Request, Told, Unavailable, Wanted } from './thread-messages.ts';

/** Observations that the thread has not written yet, at most: a minute of a thousand tenants. */
const mostWaiting = 20_000;
/** A thread that has not answered for so long is replaced, ms. */
const patience = 30_000;
/** A thread that ended is followed by another one after so long, ms; twice as long each time, up to `longestPause`. */
const pause = 1_000;
const longestPause = 60_000;

export interface ThreadPorts {
  /** What a new thread is told first. */
  readonly beginning: () => readonly Told[];
  /** Told what went wrong, in words for the log. */
  readonly onFault: (fault: string) => void;
  /** The thread's program; another one only in tests. */
  readonly program?: URL;
}

interface Asked {
  readonly at: number;
  readonly settle: (answer: Exposition | Unavailable) => void;
}

/** Keeps the metrics' thread going. When it ends, another one begins anew: counters start at zero, as after a restart. */
export class MetricsThread {
  readonly #build: Build;
  readonly #ports: ThreadPorts;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | null = null;
  #startedAt = 0;
  #waiting = 0;
  #asks = 0;
  #pause = pause;
  #restart: NodeJS.Timeout | undefined;
  /** Why there is no thread. */
  #reason = '';

  constructor(build: Build, ports: ThreadPorts) {
    this.#build = build;
    this.#ports = ports;
    this.#start();
  }

  /** While there is no thread, what is observed is lost: the next one begins anew anyway. */
  tell(told: Told): void {
    if (this.#worker === null) return;
    if (this.#waiting >= mostWaiting) {
      this.#replace(`it left ${mostWaiting} observations unwritten`);
      return;
    }
    this.#waiting += 1;
    this.#worker.postMessage(told satisfies Request);
  }

  /** Settles when the thread answers, or is no more. Never rejects. */
  ask(wanted: Wanted): Promise<Exposition | Unavailable> {
    const now = performance.now();
    const [oldest] = this.#asked.values();
    if (oldest !== undefined && now - oldest.at > patience) {
      this.#replace(`it did not answer for ${patience / 1000} s`);
    }
    if (this.#worker === null) return Promise.resolve({ unavailable: this.#reason });
    this.#asks += 1;
    const id = this.#asks;
    const { promise, resolve } = Promise.withResolvers<Exposition | Unavailable>();
    this.#asked.set(id, { at: now, settle: resolve });
    const request: Request = { kind: 'asked', id, wanted, process: readProcess() };
    this.#worker.postMessage(request);
    return promise;
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#lose('mailminute is stopping');
    await worker?.terminate();
  }

  #start(): void {
    this.#startedAt = performance.now();
    this.#waiting = 0;
    const program = this.#ports.program ?? new URL('./worker.ts', import.meta.url);
    const worker = new Worker(program, { workerData: this.#build });
    // Nobody waits for a thread that only renders: the process ends without it.
    worker.unref();
    this.#worker = worker;
    let reason = '';
    worker.on('message', (reply: Reply) => this.#take(reply));
    worker.on('error', (error) => {
      reason = error instanceof Error ? `: ${error.message}` : '';
    });
    worker.on('exit', () => {
      if (this.#worker === worker) this.#ended(`it ended${reason}`);
    });
    for (const told of this.#ports.beginning()) this.tell(told);
  }

  #take(reply: Reply): void {
    switch (reply.kind) {
      case 'taken':
        this.#waiting -= reply.count;
        break;
      case 'fault':
        this.#ports.onFault(`an observation could not be written: ${reply.fault}`);
        break;
      case 'answer':
        this.#asked.get(reply.id)?.settle(reply.answer);
        this.#asked.delete(reply.id);
        break;
    }
  }

  #replace(why: string): void {
    const worker = this.#worker;
    this.#ended(why);
    void worker?.terminate();
  }

  #ended(why: string): void {
    // A thread that went well for long enough did not end because of what the one before it did.
    if (performance.now() - this.#startedAt > longestPause) this.#pause = pause;
    const seconds = this.#pause / 1000;
    this.#lose(`the thread of the metrics is started anew within ${seconds} s: ${why}`);
    this.#ports.onFault(this.#reason);
    this.#restart = setTimeout(() => this.#start(), this.#pause).unref();
    this.#pause = Math.min(2 * this.#pause, longestPause);
  }

  #lose(reason: string): void {
    clearTimeout(this.#restart);
    this.#worker = null;
    this.#reason = reason;
    for (const { settle } of this.#asked.values()) settle({ unavailable: reason });
    this.#asked.clear();
  }
}
