import type { ClaimDates } from '../domain/claim.ts';
import type { Route } from '../domain/message.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { Quota } from '../domain/result.ts';
import type {
  DelayObservation,
  LedgerSnapshot,
  MessageCounts,
  Observations,
  ObservedResult,
  OwnObservations,
  PublishedTenant,
  PublishedTerms,
  RouteOutcome,
} from './observation.ts';
import { plainResult, plainSnapshot, plainTenant, plainTerms } from './plain.ts';
import type { Build } from './process.ts';
import { MetricsThread, type ThreadPorts } from './thread.ts';
import type { Call, Exposition, Told, Unavailable, Wanted } from './thread-messages.ts';

/** Less than the 10 s that Prometheus waits by default, so that it learns the reason, ms. */
const answerAllowance = 8_000;

export interface ClientPorts extends Omit<ThreadPorts, 'beginning'> {
  /** How long a scrape waits at most, ms. */
  readonly allowance?: number;
}

/**
 * The daemon's end of the metrics: passes what is observed to the thread that has them, and asks it for the
 * exposition. Nothing here takes longer than to copy a few values.
 */
export class MetricsClient implements Observations {
  readonly #thread: MetricsThread;
  readonly #allowance: number;
  /** What holds until it is told anew; a new thread is told it first. */
  readonly #lasting = new Map<string, Told>();
  readonly #rendering = new Map<string, Promise<Exposition | Unavailable>>();
  /** What befalls the observer itself. */
  readonly own: OwnObservations = {
    blind: (kind) => this.#tellOwn(['blind', kind]),
    journal: ({ waiting, lost }) => this.#tellOwn(['journal', { waiting, lost }]),
    looked: (looks) =>
      this.#tellOwn(['looked', looks.map(({ target, ok, endedAt }) => ({ target, ok, endedAt }))]),
    configured: (at) => {
      this.#lasting.delete('refused');
      this.#lasts(at === null ? 'refused' : 'configured', {
        kind: 'told-own',
        call: ['configured', at],
      });
    },
    beginSink: () => this.#lasts('sink', { kind: 'told-own', call: ['beginSink'] }),
    sinkConnected: () => this.#tellOwn(['sinkConnected']),
    sinkRefused: (reason) => this.#tellOwn(['sinkRefused', reason]),
    alertmanager: (host, isGood) => this.#tellOwn(['alertmanager', host, isGood]),
    secured: (isGood) => this.#lasts('secured', { kind: 'told-own', call: ['secured', isGood] }),
  };

  constructor(build: Build, { allowance = answerAllowance, ...ports }: ClientPorts) {
    this.#allowance = allowance;
    this.#thread = new MetricsThread(build, {
      ...ports,
      beginning: () => [...this.#lasting.values()],
    });
  }

  setTenants(tenants: readonly PublishedTenant[]): void {
    this.#lasts('tenants', { kind: 'told', call: ['setTenants', tenants.map(plainTenant)] });
  }

  observe(result: ObservedResult): void {
    this.#tell(['observe', plainResult(result)]);
  }

  delay(observation: DelayObservation): void {
    this.#tell(['delay', observation]);
  }

  routeSent(tenant: string, route: Route, outcome: RouteOutcome): void {
    this.#tell(['routeSent', tenant, route, outcome]);
  }

  lag(seconds: number): void {
    this.#tell(['lag', seconds]);
  }

  tripwireCut(tenant: string, protocol: Protocol): void {
    this.#tell(['tripwireCut', tenant, protocol]);
  }

  ledger(tenant: string, terms: PublishedTerms, snapshot: LedgerSnapshot): void {
    this.#tell(['ledger', tenant, plainTerms(terms), plainSnapshot(snapshot)]);
  }

  messages(
    tenant: string,
    { counts, bounces, oldestPending, push }: MessageCounts,
    now: number,
  ): void {
    this.#tell(['messages', tenant, { counts, bounces, oldestPending, push }, now]);
  }

  quota(tenant: string, quotas: readonly Quota[]): void {
    this.#tell(['quota', tenant, quotas]);
  }

  claim(tenant: string, contract: string, claim: ClaimDates | null): void {
    this.#tell(['claim', tenant, contract, claim]);
  }

  /**
   * The exposition of all that was told before. Those who want the same while one is being rendered share
   * it; none waits longer than the allowance. Never rejects.
   */
  async render(wanted: Wanted): Promise<Exposition | Unavailable> {
    const key = `${wanted.format} ${wanted.gzip}`;
    let rendering = this.#rendering.get(key);
    if (rendering === undefined) {
      rendering = this.#thread.ask(wanted).finally(() => this.#rendering.delete(key));
      this.#rendering.set(key, rendering);
    }
    return within(rendering, this.#allowance);
  }

  /** Ends the thread; what is told from now on is lost. */
  async stop(): Promise<void> {
    await this.#thread.stop();
  }

  #lasts(key: string, told: Told): void {
    this.#lasting.set(key, told);
    this.#thread.tell(told);
  }

  #tell(call: Call<Observations>): void {
    this.#thread.tell({ kind: 'told', call });
  }

  #tellOwn(call: Call<OwnObservations>): void {
    this.#thread.tell({ kind: 'told-own', call });
  }
}

async function within(
  rendering: Promise<Exposition | Unavailable>,
  allowance: number,
): Promise<Exposition | Unavailable> {
  const { promise, resolve } = Promise.withResolvers<Unavailable>();
  const unavailable = `the metrics were not rendered within ${allowance / 1000} s`;
  const cut = setTimeout(() => resolve({ unavailable }), allowance);
  try {
    return await Promise.race([rendering, promise]);
  } finally {
    clearTimeout(cut);
  }
}
