import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are still held once everything that can be let go is gone. */
export async function held(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((done) => setImmediate(done));
    collect();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
