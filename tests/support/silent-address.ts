import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** Listens, and never accepts: its thread sleeps for good. */
const sleeper = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: workerData, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

export interface SilentAddress {
  readonly port: number;
  close(): Promise<void>;
}

/** A loopback address that leaves a SYN unanswered: its backlog is full. Null where that cannot be had. */
export async function silentAddress(host: string): Promise<SilentAddress | null> {
  const worker = new Worker(sleeper, { eval: true, workerData: host });
  const port = await new Promise<number>((done, failed) =>
    worker.once('message', done).once('error', failed),
  );
  const fillers: Socket[] = [];
  let full = false;
  while (!full && fillers.length < 16) {
    const socket = connect(port, host).on('error', () => {});
    fillers.push(socket);
    full = await new Promise<boolean>((done) => {
      const timer = setTimeout(() => done(true), 700);
      socket.once('connect', () => {
        clearTimeout(timer);
        done(false);
      });
    });
  }
  const close = async (): Promise<void> => {
    for (const socket of fillers) socket.destroy();
    await worker.terminate();
  };
  if (full) return { port, close };
  await close();
  return null;
}
