import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../daemon/daemon.ts';

/** A real Prometheus (Debian's package) that scrapes one address each second. */
export interface RunningPrometheus {
  readonly url: string;
  /** The result of an instant query now. @throws Error what Prometheus says */
  query(expression: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export async function startPrometheus(
  target: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-prometheus-'));
  const port = await freePort('127.0.0.1');
  const file = join(folder, 'prometheus.yml');
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: [{ job_name: 'mailminute', static_configs: [{ targets: [target] }] }],
    ...more,
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async query(expression) {
      const answer = await fetch(
        `${url}/api/v1/query?${new URLSearchParams({ query: expression })}`,
      );
      const { data, error } = (await answer.json()) as {
        data?: { result: readonly unknown[] };
        error?: string;
      };
      if (data === undefined) throw new Error(`${error}: ${expression}`);
      return data.result;
    },
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
