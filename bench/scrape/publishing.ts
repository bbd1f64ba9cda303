import { setImmediate as nextTurn } from 'node:timers/promises';
import { protocols } from '../../src/domain/protocol.ts';
import { MetricsClient } from '../../src/metrics/client.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import type { Observations } from '../../src/metrics/observation.ts';
import type { Exposition } from '../../src/metrics/thread-messages.ts';
import { createApp, type WebParts } from '../../src/web/app.ts';
import { listen } from '../../src/web/listen.ts';
import {
  promising,
  resultOf,
  runOf,
  snapshotOf,
  standard,
  tenantOf,
} from '../../tests/metrics/example.ts';
import type { Way } from './messages.ts';

const build = { version: 'benchmark', nodeVersion: process.version };

interface Published {
  readonly told: Observations;
  readonly render: WebParts['metrics']['render'];
}

const kinds: Readonly<Record<Way, () => Published>> = {
  thread() {
    const told = new MetricsClient(build, {
      onFault: (fault) => process.stderr.write(`${fault}\n`),
    });
    return { told, render: (wanted) => told.render(wanted) };
  },
  /** The peer: on the loop, family by family with a turn in between, as plain text. */
  loop() {
    const told = new Metrics(build);
    let rendering: Promise<Exposition> | null = null;
    const render = async (): Promise<Exposition> => {
      const { contentType, body } = await told.render({ pause: () => nextTurn() });
      return { contentType, contentEncoding: null, body: new TextEncoder().encode(body) };
    };
    return {
      told,
      render() {
        rendering ??= render().finally(() => {
          rendering = null;
        });
        return rendering;
      },
    };
  },
};

/** Everything about one tenant that has series. */
function observeAll(told: Observations, tenant: string): void {
  for (const protocol of protocols) told.observe(resultOf({ tenant, protocol }));
  observeLedger(told, tenant);
}

function observeLedger(told: Observations, tenant: string): void {
  const minutes = { available: 5 };
  const more = { runs: [runOf('imap')], ...promising() };
  told.ledger(tenant, standard, snapshotOf(minutes, minutes, more));
}

/** The pace of the daemon: an attempt of each protocol every 12 s or so, a look at the ledger every 5 s. */
const beat = 50;
const resultsEvery = 12_000;
const ledgerEvery = 5_000;

/** Publishes the metrics of so many tenants, and has something new of them all the time. */
export async function publish(way: Way, tenants: number) {
  const { told, render } = kinds[way]();
  const names = Array.from({ length: tenants }, (_, index) => `tenant-${index}`);
  told.setTenants(names.map((name) => tenantOf(name)));
  for (const name of names) observeAll(told, name);
  let results = 0;
  let ledgers = 0;
  const turn = (count: number) => names[count % tenants] ?? '';
  setInterval(() => {
    for (let due = (tenants * protocols.length * beat) / resultsEvery; due > 0; due -= 1) {
      const protocol = protocols[results % protocols.length] ?? 'imap';
      told.observe(resultOf({ tenant: turn(results), protocol }));
      results += 1;
    }
    for (let due = (tenants * beat) / ledgerEvery; due > 0; due -= 1) {
      observeLedger(told, turn(ledgers));
      ledgers += 1;
    }
  }, beat);
  const app = createApp({
    metrics: { render },
    health: () => ({ ready: true }),
    readState: () => ({ now: Date.now(), version: build.version, notices: [], tenants: [] }),
  });
  return { told, ...(await listen(app, '127.0.0.1', 0)) };
}
