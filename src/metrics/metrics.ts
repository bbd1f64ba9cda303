import { Registry } from 'prom-client';
import type { ClaimDates } from '../domain/claim.ts';
import type { Route } from '../domain/message.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { Quota } from '../domain/result.ts';
import { protocolsOf } from '../domain/tenant.ts';
import { AttemptSeries } from './attempts.ts';
import { createFamilies, type Families } from './families.ts';
import { LedgerSeries } from './ledger.ts';
import { writeMessages, writeQuota } from './messages.ts';
import {
  type DelayObservation,
  type Format,
  type LedgerSnapshot,
  type MessageCounts,
  type Observations,
  type ObservedResult,
  type PublishedTenant,
  type PublishedTerms,
  type RouteOutcome,
  routeOutcomes,
} from './observation.ts';
import { openMetricsType, toOpenMetrics } from './openmetrics.ts';
import { OwnMetrics } from './own.ts';
import { type Build, ProcessMetrics, type ProcessReading, readProcess } from './process.ts';
import { SeriesMemory } from './series.ts';
import { Shards } from './shards.ts';

export interface Rendering {
  readonly format?: Format;
  /** Taken on the main thread. */
  readonly process?: ProcessReading;
  /** Called between two families: lets a loop that this blocks go on. Left out: all of it is of one moment. */
  readonly pause?: () => Promise<unknown>;
}

/**
 * All that is published to Prometheus. In the daemon it lives on a thread of its own, behind `MetricsClient`:
 * rendering takes long enough to count as a server's delay. Label values come from the configuration and from closed sets
 * only, never from a server's text. What arrives for a tenant or protocol that is not configured (any
 * more) is ignored, so that an attempt still in flight cannot bring a removed tenant's series back.
 */
export class Metrics implements Observations {
  readonly #registry = new Registry();
  readonly #families: Families = createFamilies(this.#registry);
  readonly #shards = new Shards(this.#families, createFamilies);
  readonly #series = new SeriesMemory(this.#shards);
  readonly #attempts = new AttemptSeries(this.#families, this.#series);
  readonly #ledger = new LedgerSeries(this.#families, this.#series);
  /** What befalls the observer itself. */
  readonly own = new OwnMetrics(this.#registry);
  readonly #process: ProcessMetrics;
  #tenants: ReadonlyMap<string, PublishedTenant> = new Map();

  constructor(build: Build) {
    this.#process = new ProcessMetrics(this.#registry, build);
  }

  /**
   * The tenants that are configured now. Series of others, of dropped protocols and of former contracts
   * vanish; counters, histograms, phases and `last_result` of new ones begin at zero.
   *
   * Not begun are gauges in which zero would be a statement (success, availability, certificate), and
   * the ledger's: zero first and the all-time count next would read as an increase after each restart.
   */
  setTenants(tenants: readonly PublishedTenant[]): void {
    this.#tenants = new Map(tenants.map((tenant) => [tenant.name, tenant]));
    this.#series.drop((labels) => !this.#isConfigured(labels));
    this.#shards.keep((tenant) => this.#tenants.has(tenant));
    this.#attempts.keep(tenants);
    this.#ledger.forget((name) => !this.#tenants.has(name));
    for (const tenant of tenants) this.#begin(tenant);
  }

  /** Leaves no series of this tenant. */
  removeTenant(name: string): void {
    this.setTenants([...this.#tenants.values()].filter((tenant) => tenant.name !== name));
  }

  /** One attempt. Call it after the result is stored. */
  observe(result: ObservedResult): void {
    const { tenant, protocol } = result;
    if (this.#isConfigured({ tenant, protocol })) this.#attempts.write(result);
  }

  /** A message became visible over a protocol. */
  delay({ tenant, route, protocol, seconds }: DelayObservation): void {
    const reader = protocol === 'sink' ? {} : { protocol };
    if (!this.#isConfigured({ tenant, ...reader })) return;
    const labels = { tenant, route, protocol };
    this.#series.record(this.#families.delay, labels, Math.max(0, seconds));
  }

  /** A message of a route beside the loop was handed in, or was not. */
  routeSent(tenant: string, route: Route, outcome: RouteOutcome): void {
    if (!this.#isConfigured({ tenant })) return;
    this.#series.add(this.#families.routeMessages, { tenant, route, outcome }, 1);
  }

  /** What became of a tenant's messages; `now` is wall ms. */
  messages(tenant: string, snapshot: MessageCounts, now: number): void {
    if (!this.#isConfigured({ tenant })) return;
    writeMessages(this.#families, this.#series, tenant, snapshot, now);
  }

  /** How full the probe mailbox is. */
  quota(tenant: string, quotas: readonly Quota[]): void {
    if (this.#isConfigured({ tenant })) {
      writeQuota(this.#families, this.#series, tenant, quotas);
    }
  }

  /** How much later than planned an attempt began, seconds. */
  lag(seconds: number): void {
    this.#families.lag.set(seconds);
  }

  /** A tripwire was cut by the server. */
  tripwireCut(tenant: string, protocol: Protocol): void {
    if (!this.#isConfigured({ tenant, protocol })) return;
    this.#series.add(this.#families.tripwiresCut, { tenant, protocol }, 1);
  }

  /** The ledger's figures of a tenant under its contract. */
  ledger(tenant: string, terms: PublishedTerms, snapshot: LedgerSnapshot): void {
    if (!this.#isConfigured({ tenant, contract: terms.name })) return;
    this.#ledger.write(tenant, terms, snapshot);
    const isOpen = ({ open, protocol }: LedgerSnapshot['runs'][number]) =>
      open && this.#isConfigured({ tenant, protocol });
    this.#ledger.writeRuns(tenant, snapshot.runs.filter(isOpen));
  }

  /** The claim that lapses next under the contract of this name; null when nothing is to be claimed. */
  claim(tenant: string, contract: string, claim: ClaimDates | null): void {
    if (this.#isConfigured({ tenant, contract })) this.#ledger.writeClaim(tenant, contract, claim);
  }

  async render({ format = 'text', process = readProcess(), pause }: Rendering = {}): Promise<{
    readonly contentType: string;
    readonly body: string;
  }> {
    this.#process.write(process);
    const parts: string[] = [];
    for (const { name } of this.#registry.getMetricsAsArray()) {
      const own = await this.#registry.getSingleMetricAsString(name);
      parts.push([own, ...(await this.#shards.samples(name))].join('\n'));
      await pause?.();
    }
    if (format === 'openmetrics') {
      return { contentType: openMetricsType, body: toOpenMetrics(parts) };
    }
    return { contentType: this.#registry.contentType, body: `${parts.join('\n\n')}\n` };
  }

  #isConfigured(labels: Readonly<Record<string, string>>): boolean {
    const tenant = this.#tenants.get(labels.tenant ?? '');
    if (tenant === undefined) return false;
    const { protocol, contract } = labels;
    if (contract !== undefined && contract !== tenant.contract) return false;
    return (
      protocol === undefined ||
      protocol === 'sink' ||
      protocolsOf(tenant).some((one) => one === protocol)
    );
  }

  #begin(tenant: PublishedTenant): void {
    for (const protocol of protocolsOf(tenant)) {
      this.#attempts.begin(tenant, protocol);
      if (tenant.tripwires !== false) {
        this.#series.begin(this.#families.tripwiresCut, { tenant: tenant.name, protocol });
      }
      if (protocol === 'smtp' || tenant.smtp === null) continue;
      const labels = { tenant: tenant.name, route: 'loop', protocol };
      this.#series.begin(this.#families.delay, labels);
    }
    for (const route of ['outbound', 'inbound', 'push'] as const) {
      if (!(route === 'push' ? tenant.push : tenant.routes?.[route])) continue;
      for (const outcome of routeOutcomes)
        this.#series.begin(this.#families.routeMessages, { tenant: tenant.name, route, outcome });
    }
  }
}
