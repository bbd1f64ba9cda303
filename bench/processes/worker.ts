/**
 * Plays rounds in a process of its own, so that only they are counted. Forked by `Worker`; ends with
 * the process that forked it.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Player, variants } from '../target.ts';
import type { MemoryFigures, PlayedRound, Reply, Request } from './messages.ts';

const bare = process.memoryUsage.rss();
/** Farewells that nobody waits for belong to the round's work; integer ms. */
const settleStep = 10;
const settleLimit = 2000;

let play: Player = () => Promise.reject(new Error('not begun'));

async function begin({ root, variant, target }: Extract<Request, { ask: 'begin' }>): Promise<void> {
  // Each side loads its own code only: memory is compared as well.
  const player =
    root === null ? (await import('../libraries/index.ts')).libraries : await productOf(root);
  play = player(target, variants[variant]);
}

/** A checkout's own, which finds its probes and packages from where it lies. */
async function productOf(root: string) {
  const url = pathToFileURL(join(root, 'bench/product.ts')).href;
  const { product }: typeof import('../product.ts') = await import(url);
  return product;
}

/** Until every connection is closed. */
async function settled(): Promise<void> {
  for (let waited = 0; waited < settleLimit; waited += settleStep) {
    await sleep(settleStep);
    if (!process.getActiveResourcesInfo().some((name) => /TCPSocketWrap|TLSWrap/.test(name)))
      return;
  }
}

async function playRound(): Promise<PlayedRound> {
  const began = process.hrtime.bigint();
  const before = process.cpuUsage();
  const outcome = await play();
  const wall = Number((process.hrtime.bigint() - began) / 1000n);
  await settled();
  return { ...outcome, cost: { ...process.cpuUsage(before), wall } };
}

function measureMemory(): MemoryFigures {
  const resident = process.memoryUsage.rss();
  const peak = process.resourceUsage().maxRSS * 1024;
  // Forked with --expose-gc.
  globalThis.gc?.();
  return { bare, resident, peak, heap: process.memoryUsage().heapUsed };
}

async function answer(request: Request): Promise<Reply> {
  if (request.ask === 'begin') {
    await begin(request);
    return { answer: 'begun' };
  }
  if (request.ask === 'round') return { answer: 'round', round: await playRound() };
  return { answer: 'memory', memory: measureMemory() };
}

process.on('message', async (request: Request) => process.send?.(await answer(request)));
// An orderly end, which also writes a profile if one was asked for.
process.on('disconnect', () => process.exit(0));
