import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { eventually, freePort, page } from '../daemon/daemon.ts';

/** An alert as a webhook is told of it, and when it was. */
export interface Told {
  readonly at: number;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
}

export interface Webhook {
  readonly url: string;
  readonly told: readonly Told[];
  close(): void;
}

/** Stands where the pager would. */
export async function startWebhook(): Promise<Webhook> {
  const told: Told[] = [];
  const server = createServer(async (request, response) => {
    const at = Date.now();
    const { alerts } = JSON.parse(await text(request)) as { alerts: Omit<Told, 'at'>[] };
    told.push(...alerts.map(({ status, labels }) => ({ at, status, labels })));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/`, told, close: () => void server.close() };
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A real Alertmanager (Debian's package) that tells the webhook at once. */
export async function startAlertmanager(webhook: string): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-alertmanager-'));
  const port = await freePort('127.0.0.1');
  const file = join(folder, 'alertmanager.yml');
  const config = {
    route: { receiver: 'webhook', group_by: ['...'], group_wait: '0s', group_interval: '1s' },
    receivers: [{ name: 'webhook', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  };
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  await eventually('Alertmanager', () => page(`http://127.0.0.1:${port}/-/ready`));
  return {
    port,
    async close() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}
