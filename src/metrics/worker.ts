/**
 * The thread that the metrics live on: it writes what it is told and renders what it is asked for, so that
 * neither holds up the main thread, where a stall would count as a server's delay.
 */
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { Metrics } from './metrics.ts';
import type { Build } from './process.ts';
import type { Exposition, Reply, Request, Wanted } from './thread-messages.ts';

/** How many observations are confirmed at once. */
const confirmEvery = 100;
/** Text of this kind shrinks to a twentieth by it; more would cost much and save little. */
const compression = 1;
/** Where the processor is short, probes come first: "nice", 0 to 19. */
const niceness = 5;

const metrics = new Metrics(workerData as Build);
let taken = 0;

function reply(message: Reply, ...transferred: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transferred);
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function write<T extends object>(target: T, [name, ...args]: readonly [keyof T, ...unknown[]]) {
  try {
    (target[name] as (...args: unknown[]) => void).apply(target, args);
  } catch (error) {
    reply({ kind: 'fault', fault: describe(error) });
  }
  taken += 1;
  if (taken < confirmEvery) return;
  reply({ kind: 'taken', count: taken });
  taken = 0;
}

async function render(
  { format, gzip }: Wanted,
  process: Extract<Request, { kind: 'asked' }>['process'],
): Promise<Exposition> {
  const { contentType, body } = await metrics.render({ format, process });
  const bytes = new TextEncoder().encode(body);
  if (!gzip) return { contentType, contentEncoding: null, body: bytes };
  // The copy is as large as the text and no larger, and nobody else has a part of its memory.
  const compressed = new Uint8Array(gzipSync(bytes, { level: compression }));
  return { contentType, contentEncoding: 'gzip', body: compressed };
}

async function answer({ id, wanted, process }: Extract<Request, { kind: 'asked' }>): Promise<void> {
  try {
    const exposition = await render(wanted, process);
    reply({ kind: 'answer', id, answer: exposition }, exposition.body.buffer);
  } catch (error) {
    const unavailable = `the metrics could not be rendered: ${describe(error)}`;
    reply({ kind: 'answer', id, answer: { unavailable } });
  }
}

/** Of this thread alone, which only Linux can do; elsewhere it is left as it is. */
function giveWay(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').at(-1)), niceness);
  } catch {
    // Not Linux, or /proc is not there.
  }
}

giveWay();
parentPort?.on('message', (request: Request) => {
  switch (request.kind) {
    case 'told':
      write(metrics, request.call);
      break;
    case 'told-own':
      write(metrics.own, request.call);
      break;
    case 'asked':
      void answer(request);
      break;
  }
});
