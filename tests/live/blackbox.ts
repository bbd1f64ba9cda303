import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Protocol } from '../../src/domain/protocol.ts';
import { eventually, freePort, page } from '../daemon/daemon.ts';
import type { Outage } from './outages.ts';

/** What Prometheus is told to ask, s; its scrape timeout must be shorter. */
const interval = 15;
const timeout = 10;

/** One scrape: when it was due (Prometheus stamps a sample so), and `probe_success`. */
interface Sample {
  readonly at: number;
  readonly succeeded: boolean;
}

function configOf(ca: string): string {
  const line = (expect: string) => `
    prober: tcp
    timeout: ${timeout}s
    tcp:
      preferred_ip_protocol: ip4
      tls: true
      tls_config: { ca_file: ${ca} }
      query_response: [{ expect: '${expect}' }]`;
  return `modules:
  smtp:${line('^220 ')}
  imap:${line('^\\* OK')}
  pop:${line('^\\+OK')}
  webmail:
    prober: http
    timeout: ${timeout}s
    http: { preferred_ip_protocol: ip4, tls_config: { ca_file: ${ca} } }
`;
}

/** A running blackbox_exporter, scraped for each protocol every 15 s as Prometheus would. */
export class Blackbox {
  readonly #process: ChildProcess;
  readonly #url: string;
  readonly #samples = new Map<Protocol, Sample[]>();
  readonly #stopped = new AbortController();
  readonly #loops: Promise<void>[] = [];

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.#url = url;
  }

  /**
   * @param authorities the servers' certificate authorities, PEM
   * @throws when it does not answer within 30 s
   */
  static async start(directory: string, authorities: readonly string[]): Promise<Blackbox> {
    const config = join(directory, 'blackbox.yaml');
    const ca = join(directory, 'blackbox-authorities.pem');
    writeFileSync(ca, authorities.join('\n'));
    writeFileSync(config, configOf(ca));
    const address = `127.0.0.1:${await freePort('127.0.0.1')}`;
    const child = spawn(
      '/usr/bin/prometheus-blackbox-exporter',
      [`--config.file=${config}`, `--web.listen-address=${address}`],
      { stdio: 'ignore' },
    );
    const blackbox = new Blackbox(child, `http://${address}`);
    try {
      await eventually('blackbox_exporter', () => page(`${blackbox.#url}/metrics`));
    } catch (error) {
      await blackbox.stop();
      throw error;
    }
    return blackbox;
  }

  /** Begins to scrape; `offset` in ms spreads the targets over the interval, as Prometheus does. */
  watch(protocol: Protocol, target: string, offset: number): void {
    this.#loops.push(this.#scrape(protocol, target, offset).catch(() => undefined));
  }

  async #scrape(protocol: Protocol, target: string, offset: number): Promise<void> {
    const { signal } = this.#stopped;
    const samples: Sample[] = [];
    this.#samples.set(protocol, samples);
    const url = `${this.#url}/probe?module=${protocol}&target=${encodeURIComponent(target)}`;
    for (let due = Date.now() + offset; !signal.aborted; due += interval * 1000) {
      await pause(Math.max(0, due - Date.now()), undefined, { signal });
      const response = await fetch(url, {
        headers: { 'X-Prometheus-Scrape-Timeout-Seconds': `${timeout}` },
        signal: AbortSignal.any([signal, AbortSignal.timeout((interval - 1) * 1000)]),
      });
      samples.push({ at: due, succeeded: /^probe_success 1$/m.test(await response.text()) });
    }
  }

  /** How many probes of a protocol succeeded, of how many. */
  health(protocol: Protocol): { succeeded: number; all: number } {
    const samples = this.#samples.get(protocol) ?? [];
    return { succeeded: samples.filter((one) => one.succeeded).length, all: samples.length };
  }

  /** What a user of it concludes of an outage, ms: failed samples × interval, and first to last. */
  seen(outage: Outage): { readonly counted: number; readonly spanned: number } {
    const failed = (this.#samples.get(outage.protocol) ?? []).filter(
      ({ at, succeeded }) =>
        !succeeded && at >= outage.earliest - timeout * 1000 && at <= outage.latest,
    );
    const [first, last] = [failed[0], failed.at(-1)];
    const spanned = first === undefined || last === undefined ? 0 : last.at - first.at;
    return { counted: failed.length * interval * 1000, spanned };
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#loops);
    if (this.#process.exitCode !== null || this.#process.pid === undefined) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await ended;
  }
}
