import { execFile } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Situation } from './situations.ts';

/** For node:test's `skip`: a tool of Debian's that is not here; with CI=true that is a failure. */
export function without(...tools: readonly string[]): string | false {
  const missing = tools.filter((tool) => !isInstalled(tool));
  if (missing.length === 0) return false;
  if (process.env.CI === 'true') throw new Error(`not installed: ${missing.join(', ')}`);
  return `${missing.join(', ')} not installed`;
}

function isInstalled(tool: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, tool));
      return true;
    } catch {
      return false;
    }
  });
}

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a tool to its end. */
export function run(tool: string, ...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(tool, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1);
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
}

/** What promtool says of the situations under these rules: each is a test of its own. */
export function promtoolTest(
  rules: string,
  situations: readonly Situation[],
  every = '15s',
): Promise<Outcome> {
  return promtoolTests(rules, situations.map(testOf), every);
}

/** The same of tests in promtool's own form. */
export async function promtoolTests(
  rules: string,
  tests: readonly object[],
  every = '15s',
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-rules-'));
  const file = join(folder, 'test.yml');
  writeFileSync(join(folder, 'rules.yml'), rules);
  writeFileSync(
    file,
    stringify({
      rule_files: ['rules.yml'],
      evaluation_interval: every,
      tests,
    }),
  );
  try {
    return await run('promtool', 'test', 'rules', file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function testOf({ alert, what, series, fires, labels, quiet }: Situation) {
  const firing = `count by (${Object.keys(labels).join(', ')}) (ALERTS{alertname=~"${alert}",alertstate="firing"${matching(labels)}})`;
  return {
    name: `${alert}: ${what}`,
    interval: '1m',
    input_series: Object.entries(series).map(([one, values]) => ({ series: one, values })),
    promql_expr_test: [
      ...fires.map((minute) => ({
        expr: firing,
        eval_time: `${minute}m`,
        exp_samples: [{ labels: labelled(labels), value: 1 }],
      })),
      ...quiet.map((minute) => ({
        expr: `count(ALERTS{alertname=~"${alert}",alertstate="firing"${fires.length === 0 ? matching(labels) : ''}})`,
        eval_time: `${minute}m`,
        exp_samples: [],
      })),
    ],
  };
}

function matching(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `,${name}="${value}"`)
    .join('');
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `{${pairs.join(',')}}`;
}
