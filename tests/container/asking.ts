import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell } from './cell.ts';
import { succeeded } from './running.ts';

/** Where docker-compose.yml publishes each service, on this machine only. */
export const published = {
  mailminute: 'http://127.0.0.1:9925',
  prometheus: 'http://127.0.0.1:9090',
  alertmanager: 'http://127.0.0.1:9093',
  grafana: 'http://127.0.0.1:3000',
};

export interface Answer {
  /** 0 if there was no answer within 5 s. */
  readonly status: number;
  readonly body: string;
}

const script = `
  const ask = (url) => fetch(url, { signal: AbortSignal.timeout(5000) })
    .then(async (answer) => ({ status: answer.status, body: await answer.text() }))
    .catch((error) => ({ status: 0, body: String(error.cause ?? error) }));
  Promise.all(process.argv.slice(1).map(ask)).then((all) => console.log(JSON.stringify(all)));`;

/** Asks from outside of the containers, through the published ports: an answer for each URL. */
export async function askAll(cell: Cell, urls: readonly string[]): Promise<readonly Answer[]> {
  const asked = await cell.enter([process.execPath, '--eval', script, ...urls], {}, 30_000);
  return JSON.parse(succeeded(asked)) as Answer[];
}

export async function ask(cell: Cell, url: string): Promise<Answer> {
  const [answer] = await askAll(cell, [url]);
  return answer ?? { status: 0, body: '' };
}

/** The series of an instant query to the stack's Prometheus; none while it cannot be asked. */
export async function series(cell: Cell, query: string): Promise<readonly unknown[]> {
  const url = `${published.prometheus}/api/v1/query?${new URLSearchParams({ query })}`;
  const { status, body } = await ask(cell, url);
  return status === 200 ? JSON.parse(body).data.result : [];
}

/** Which of the queries have no series, asked by way of Grafana's stand-in. */
export async function emptyOf(cell: Cell, queries: readonly string[]): Promise<readonly string[]> {
  const urls = queries.map((expr) => `${published.grafana}/query?${new URLSearchParams({ expr })}`);
  const answers = await askAll(cell, urls);
  return queries.filter((_, index) => !(Number(answers[index]?.body) > 0));
}

/** Looks twice a second until there is something. @throws Error with what was waited for */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  limitMs: number,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs / 1000} s`);
    await sleep(500);
  }
}
