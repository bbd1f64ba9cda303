/** Scrapes every second as Prometheus does, and throws away what it gets. Ends with the process that forked it. */
import { get } from 'node:http';
import type { Request, Scrapes } from './messages.ts';

const interval = 1_000;
const headers = {
  Accept:
    'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
  'Accept-Encoding': 'gzip',
};

let scraping: NodeJS.Timeout | undefined;
let underWay = new Set<Promise<void>>();
let took: number[] = [];
let faults: string[] = [];
let bytes = 0;

function scrape(port: number): Promise<void> {
  const begun = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const fail = (fault: string): void => {
    faults.push(fault);
    resolve();
  };
  const request = get({ host: '127.0.0.1', port, path: '/metrics', headers }, (response) => {
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    response.on('end', () => {
      if (response.statusCode !== 200) return fail(`status ${response.statusCode}`);
      took.push(performance.now() - begun);
      bytes = length;
      resolve();
    });
    response.on('error', (error) => fail(error.message));
  });
  request.on('error', (error) => fail(error.message));
  return promise;
}

function begin(port: number): void {
  const one = (): void => {
    const scraped = scrape(port).finally(() => underWay.delete(scraped));
    underWay.add(scraped);
  };
  one();
  scraping = setInterval(one, interval);
}

async function rest(): Promise<Scrapes> {
  clearInterval(scraping);
  await Promise.all(underWay);
  const scrapes = { done: took.length, bytes, took, faults };
  underWay = new Set();
  took = [];
  faults = [];
  return scrapes;
}

process.on('message', async (request: Request) => {
  if (request.ask === 'scrape') begin(request.port);
  process.send?.(request.ask === 'rest' ? await rest() : 'begun');
});
process.once('disconnect', () => process.exit());
