import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { Fault } from '../../failure.ts';
import { within } from '../../within.ts';
import {
  type ChromiumSettings,
  clear,
  homePrefix,
  launchChromium,
  type RunningChromium,
} from './launch.ts';
import { Places } from './places.ts';

/** Pages open at once, over all tenants: a browser is heavy. */
const mostPages = 4;
/** A page that is not free, or not opened, within this time is our own lack, ms. */
const patience = 10_000;
/** A browser is replaced after so many visits, or this age (ms): its memory only grows. */
const mostVisits = 500;
const oldest = 3_600_000;
/** A context that takes longer to close hangs, and its browser with it, ms. */
const closeLimit = 2000;
/** A browser that is to be replaced is ended after this time even if a visit goes on, ms. */
const retirement = 60_000;

/** One visit's own cookies and cache, in a browser that is shared. */
export interface Lease {
  readonly context: BrowserContext;
  /** Closes it. Never throws; must be called once. */
  end(): Promise<void>;
}

export interface Chromiums {
  /** @throws Fault `internal-error` when there is none to be had, or the signal's reason */
  lease(ca: string | null, signal: AbortSignal): Promise<Lease>;
  /** Ends all of them; within 5 s. */
  stop(): Promise<void>;
}

interface Shared {
  readonly running: RunningChromium;
  readonly bornAt: number;
  visits: number;
  open: number;
  retired: boolean;
}

/**
 * The browsers of this process: one for each set of authorities, started when a visit first needs it. What
 * an earlier process left behind in the folder of profiles is ended and removed first.
 * @param now monotonic ms
 */
export function openChromiums(
  settings: ChromiumSettings,
  now: () => number = () => performance.now(),
): Chromiums {
  const shared = new Map<string, Promise<Shared>>();
  const alive = new Set<RunningChromium>();
  const places = new Places(mostPages, patience);
  let stopped = false;
  let swept: Promise<unknown> | null = null;

  async function launched(key: string, ca: string | null): Promise<Shared> {
    swept ??= sweep(settings.profiles);
    await swept;
    const running = await launchChromium(settings, ca);
    alive.add(running);
    const one: Shared = { running, bornAt: now(), visits: 0, open: 0, retired: false };
    running.browser.on('disconnected', () => retire(key, one));
    if (stopped) await ended(running);
    return one;
  }

  async function ended(running: RunningChromium): Promise<void> {
    await running.close();
    alive.delete(running);
  }

  /** No further visits; it ends with its last one. */
  function retire(key: string, one: Shared): void {
    if (one.retired) return;
    one.retired = true;
    shared.delete(key);
    const { running } = one;
    if (one.open === 0 || !running.browser.isConnected()) void ended(running);
    else setTimeout(() => void ended(running), retirement).unref();
  }

  async function current(key: string, ca: string | null): Promise<Shared> {
    const begun = shared.get(key) ?? launched(key, ca);
    shared.set(key, begun);
    begun.catch(() => shared.delete(key));
    return begun;
  }

  function leave(key: string, one: Shared): void {
    one.open -= 1;
    if (one.visits >= mostVisits || now() - one.bornAt >= oldest) retire(key, one);
    if (one.retired && one.open === 0) void ended(one.running);
    places.giveBack();
  }

  return {
    async lease(ca, signal) {
      if (stopped) throw new Fault('internal-error', 'the browser has been stopped');
      await places.take(signal);
      const key = ca ?? '';
      let one: Shared | null = null;
      try {
        one = (await within(patience * 2, current(key, ca), signal)) ?? null;
        if (one === null) throw new Fault('internal-error', 'the browser takes too long to start');
        one.open += 1;
        one.visits += 1;
        const context = await within(patience, newContext(one.running), signal);
        if (context === null) throw new Fault('internal-error', 'the browser opens no page');
        const held = one;
        return {
          context,
          async end() {
            const closed = await within(
              closeLimit,
              context.close().then(
                () => true,
                () => false,
              ),
              new AbortController().signal,
            );
            if (closed !== true) retire(key, held);
            leave(key, held);
          },
        };
      } catch (error) {
        if (one === null) places.giveBack();
        else {
          retire(key, one);
          leave(key, one);
        }
        throw error;
      }
    },
    async stop() {
      stopped = true;
      await Promise.all([...alive].map(ended));
    },
  };
}

function newContext({ browser }: RunningChromium): Promise<BrowserContext> {
  return browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    acceptDownloads: false,
    serviceWorkers: 'block',
  });
}

/** What a process that was killed left behind. */
async function sweep(profiles: string): Promise<void> {
  let names: readonly string[] = [];
  try {
    names = readdirSync(profiles).filter((name) => name.startsWith(homePrefix));
  } catch {
    // There is no such folder yet.
  }
  for (const name of names) await clear(join(profiles, name));
}
