import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MetricsClient } from '../../src/metrics/client.ts';
import type { Wanted } from '../../src/metrics/thread-messages.ts';
import { createApp } from '../../src/web/app.ts';
import { listen } from '../../src/web/listen.ts';
import { landingState } from '../web/example.ts';
import { programInPath } from './program.ts';
import { observeEverything } from './scrape.ts';

const prometheus = programInPath('prometheus');
const skip = prometheus === null && !process.env.CI ? 'Prometheus is not installed' : false;

test('a real Prometheus asks for OpenMetrics with gzip, takes every series, and knows the types', {
  skip,
}, async (t) => {
  assert.ok(prometheus, 'Prometheus must be installed where CI is set (Debian package prometheus)');
  const metrics = new MetricsClient(
    { version: '1.2.3', nodeVersion: 'v24.0.0' },
    { onFault: (fault) => assert.fail(fault) },
  );
  t.after(() => metrics.stop());
  observeEverything(metrics);
  const wanted: Wanted[] = [];
  const app = createApp({
    metrics: {
      render(one) {
        wanted.push(one);
        return metrics.render(one);
      },
    },
    readState: landingState,
    health: () => ({ ready: true }),
  });
  const web = await listen(app, '127.0.0.1', 0);
  t.after(() => web.close());
  const api = await startPrometheus(t, prometheus, `127.0.0.1:${web.port}`);
  await scraped(api);
  assert.deepEqual(wanted[0], { format: 'openmetrics', gzip: true });

  const values = async (query: string): Promise<number[]> => {
    const { data } = await ask(api, `query?query=${encodeURIComponent(query)}`);
    return (data as { result: { value: [number, string] }[] }).result.map(({ value }) =>
      Number(value[1]),
    );
  };
  const deep = 'protocol="imap",depth="roundtrip"';
  assert.deepEqual(await values(`mailminute_probe_runs_total{${deep}}`), [2]);
  assert.deepEqual(await values(`mailminute_probe_failures_total{${deep},reason="timeout"}`), [1]);
  assert.deepEqual(await values('mailminute_delay_seconds_bucket{protocol="imap",le="+Inf"}'), [1]);
  assert.deepEqual(await values('sum(mailminute_minutes_total)'), [5]);
  const answer = await metrics.render({ format: 'text', gzip: false });
  if ('unavailable' in answer) assert.fail(answer.unavailable);
  const series = new TextDecoder().decode(answer.body).match(/^[a-z]/gm)?.length;
  assert.deepEqual(await values('scrape_samples_scraped'), [series]);

  const { data } = await ask(api, 'metadata');
  const types = data as Record<string, { type: string }[]>;
  const typeOf = (name: string) => types[name]?.[0]?.type;
  assert.equal(typeOf('mailminute_probe_runs'), 'counter');
  assert.equal(typeOf('mailminute_delay_seconds'), 'histogram');
  assert.equal(typeOf('mailminute_probe_success'), 'gauge');
});

/** Scrapes every second; ends with the test. @returns its address */
async function startPrometheus(
  t: { after: (end: () => Promise<void>) => void },
  program: string,
  target: string,
): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'mailminute-prometheus-'));
  const config = join(directory, 'prometheus.yml');
  const scrape = { job_name: 'mailminute', static_configs: [{ targets: [target] }] };
  // JSON is YAML too.
  writeFileSync(
    config,
    JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [scrape] }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child: ChildProcess = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  );
  const exit = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGTERM');
    await exit;
    rmSync(directory, { recursive: true, force: true });
  });
  return `http://${address}/api/v1`;
}

/** Prometheus takes no port 0: one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ask(api: string, path: string): Promise<{ data?: unknown }> {
  const answer = await fetch(`${api}/${path}`, { signal: AbortSignal.timeout(30_000) });
  return (await answer.json()) as { data?: unknown };
}

/** Until the target was scraped without a fault. */
async function scraped(api: string): Promise<void> {
  let last = '';
  for (let count = 0; count < 600; count += 1) {
    try {
      const { data } = await ask(api, 'query?query=up');
      last = JSON.stringify(data);
      if (last.includes('"1"')) return;
    } catch (error) {
      last = String(error);
    }
    await sleep(100);
  }
  assert.fail(`Prometheus did not scrape within a minute: ${last}`);
}
