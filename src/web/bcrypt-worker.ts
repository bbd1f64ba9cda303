import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** One comparison asked of the worker. */
export interface Comparison {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

parentPort?.on('message', ({ id, password, hash }: Comparison) => {
  parentPort?.postMessage({ id, isRight: compareSync(password, hash) });
});
