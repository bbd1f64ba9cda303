import { probes } from '../probes/index.ts';
import type { ProbePorts } from '../probes/ports.ts';
import type { Memory } from '../probes/probe.ts';
import { runRound } from '../probes/round.ts';
import type { Protocol } from '../src/domain/protocol.ts';
import type { ProbeResult } from '../src/domain/result.ts';
import { Secret } from '../src/domain/secret.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { systemClock } from '../src/system-clock.ts';
import { type Player, type Reader, type RoundOutcome, readers, type Target } from './target.ts';

/** The product's defaults, integer ms. */
const timing = {
  connectInterval: 20_000,
  roundtripInterval: 50_000,
  attemptDeadline: 30_000,
  deliveryAllowance: 60_000,
};

function tenantOf(target: Target): Tenant {
  const { address, username, password, smtp, imap, pop, webmail } = target;
  const credential = { kind: 'password' as const, secret: new Secret(() => password) };
  return {
    name: 'tenant',
    contract: 'none',
    zone: 'UTC',
    mailbox: { address, username, credential },
    smtp,
    imap,
    pop,
    webmail: webmail && { ...webmail, consent: 'the benchmark', sendInterval: null },
    ...timing,
  };
}

/** A message of ours as the daemon's store keeps it, until it is removed. */
interface KeptMessage {
  readonly acceptedAt: number;
  readonly seenBy: Set<Protocol>;
}

/** The daemon's memory of messages, without its database: the round is what is measured. */
class Messages {
  readonly #kept = new Map<string, KeptMessage>();
  readonly #memories = new Map<Protocol, Memory>();
  readonly #readers: number;
  #results: ProbeResult[] = [];

  constructor(numberOfReaders: number) {
    this.#readers = numberOfReaders;
  }

  ports(): ProbePorts {
    return {
      probes,
      clock: systemClock,
      signal: new AbortController().signal,
      memory: (_, protocol) => this.#memory(protocol),
      pending: (_, protocol) =>
        [...this.#kept]
          .filter(([, { seenBy }]) => !seenBy.has(protocol))
          .map(([token, { acceptedAt }]) => ({ token, acceptedAt })),
      posting: { due: () => false, done: () => {} },
      removable: () =>
        [...this.#kept]
          .filter(([, { seenBy }]) => seenBy.size >= this.#readers)
          .map(([token]) => token),
      full: () => false,
      removed: (_, tokens) => {
        for (const token of tokens) this.#kept.delete(token);
      },
      began: () => {},
      ended: () => {},
      report: (result) => this.#report(result),
    };
  }

  /** The results since the last call. */
  take(): readonly ProbeResult[] {
    const results = this.#results;
    this.#results = [];
    return results;
  }

  #memory(protocol: Protocol): Memory {
    const memory = this.#memories.get(protocol) ?? { anchor: null };
    this.#memories.set(protocol, memory);
    return memory;
  }

  #report(result: ProbeResult): void {
    this.#results.push(result);
    if (result.token !== null && result.acceptedAt !== null) {
      this.#kept.set(result.token, { acceptedAt: result.acceptedAt, seenBy: new Set() });
    }
    for (const { token } of result.sightings) this.#kept.get(token)?.seenBy.add(result.protocol);
  }
}

/**
 * The product's own round, with everything it remembers kept from round to round. `--beside` plays this
 * very function of an older checkout, with that checkout's probes: its arguments and what it gives stay.
 */
export function product(target: Target, protocols: readonly Protocol[]): Player {
  const tenant = tenantOf(target);
  const asked = readers.filter((reader) => protocols.includes(reader));
  const messages = new Messages(asked.length);
  const ports = messages.ports();
  let turn = 0;
  return async () => {
    await runRound(tenant, protocols, turn, ports);
    turn += 1;
    return outcomeOf(messages.take(), asked);
  };
}

function outcomeOf(results: readonly ProbeResult[], asked: readonly Reader[]): RoundOutcome {
  const sent = results.find(({ protocol }) => protocol === 'smtp');
  const token = sent?.token ?? '';
  const seen: RoundOutcome['seen'] = Object.fromEntries(
    results.flatMap(({ protocol, sightings }) =>
      sightings.filter((one) => one.token === token).map((one) => [protocol, one]),
    ),
  );
  const failed = results.flatMap(({ protocol, failure }) =>
    failure === null ? [] : [`${protocol}: ${failure.reason} in ${failure.phase}`],
  );
  const unseen = asked.filter((reader) => seen[reader] === undefined);
  const faults = [...failed, ...unseen.map((reader) => `${reader}: not seen`)];
  return {
    token,
    acceptedAt: sent?.acceptedAt ?? null,
    seen,
    fault: faults.length === 0 ? null : faults.join(', '),
  };
}
