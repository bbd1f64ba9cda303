import { randomBytes } from 'node:crypto';
import { judgeDelivery } from '../../src/domain/delivery.ts';
import type { Interval } from '../../src/domain/interval.ts';
import { type Protocol, protocols } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { denseInterval, refusedPasswordPause, roundtripPause } from '../../src/schedule/pace.ts';
import { controlStore } from '../../src/store/controls.ts';
import { openJournal } from '../../src/store/journal.ts';
import { messageStore } from '../../src/store/messages.ts';
import type { Connection } from '../../src/store/open.ts';
import { resultOf, tenantName, type Usual } from './attempts.ts';
import { type Fault, metBy } from './faults.ts';

const connectInterval = 20_000;
const roundtripInterval = 50_000;
const controlInterval = 60_000;
const allowance = 60_000;
const readers = protocols.filter((protocol) => protocol !== 'smtp');
/** Results that end later than others begun after them wait so long for their turn, ms. */
const longest = 60_000;

interface Sent {
  readonly token: string;
  readonly acceptedAt: number;
}

/** Lives through the time of a tenant and writes by the store what the daemon would have written. */
export function openGenerator(
  connection: Connection,
  faults: readonly Fault[],
  random: () => number,
) {
  const journal = openJournal(connection, () => {});
  const controls = controlStore(connection);
  const messages = messageStore(connection);
  const due = new Map(protocols.map((protocol, index) => [protocol, index * 5_000]));
  const denseAt = new Map<Protocol, number>();
  const failingSince = new Map<Protocol, number>();
  const heldUntil = new Map<Protocol, number>();
  const awaited = new Map<Protocol, Sent[]>(readers.map((protocol) => [protocol, []]));
  let ready: ProbeResult[] = [];
  let roundAt = 1_000;
  let controlAt = 2_000;
  let fault = 0;
  let began = false;

  function faultsAt(at: number): Fault[] {
    while (fault < faults.length && (faults[fault] as Fault).to + longest < at) fault++;
    const near: Fault[] = [];
    for (let i = fault; i < faults.length && (faults[i] as Fault).from <= at; i++)
      if ((faults[i] as Fault).to > at) near.push(faults[i] as Fault);
    return near;
  }

  function attempt(
    protocol: Protocol,
    depth: Usual,
    at: number,
    now: readonly Fault[],
  ): ProbeResult {
    const symptom = now.map((one) => metBy(one, protocol, depth)).find((one) => one !== null);
    const duration = depth === 'connect' ? 60 + random() * 60 : 400 + random() * 1_500;
    return resultOf(protocol, depth, at, symptom ?? null, {
      duration: Math.round(duration),
      random,
    });
  }

  function keep(result: ProbeResult): void {
    ready.push(result);
    const { protocol, failure, endedAt } = result;
    if (failure === null) {
      failingSince.delete(protocol);
      denseAt.delete(protocol);
    } else if (failure.reason === 'auth-refused' || failure.reason === 'throttled') {
      heldUntil.set(protocol, endedAt + refusedPasswordPause);
      failingSince.delete(protocol);
      denseAt.delete(protocol);
    } else if (!failingSince.has(protocol)) {
      failingSince.set(protocol, endedAt);
      denseAt.set(protocol, endedAt + 5_000);
    }
  }

  function held(protocol: Protocol, at: number): boolean {
    return (heldUntil.get(protocol) ?? 0) > at;
  }

  function round(at: number, now: readonly Fault[]): void {
    const missing = now.some(({ kind }) => kind === 'delivery');
    if (!held('smtp', at)) {
      const sent = attempt('smtp', 'roundtrip', at, now);
      const acceptedAt = sent.failure === null ? sent.endedAt - 20 : null;
      const token = randomBytes(16).toString('hex');
      keep({ ...sent, token, acceptedAt });
      if (acceptedAt !== null)
        for (const list of awaited.values()) list.push({ token, acceptedAt });
    }
    for (const protocol of readers) if (!held(protocol, at)) look(protocol, at, now, missing);
  }

  function look(protocol: Protocol, at: number, now: readonly Fault[], missing: boolean): void {
    const result = attempt(protocol, 'roundtrip', at + 2_000, now);
    const open = awaited.get(protocol) ?? [];
    if (result.failure !== null) {
      keep(result);
      return;
    }
    const sightings = missing
      ? []
      : open.map(({ token, acceptedAt }) => ({
          token,
          lastNotSeen: null,
          firstSeen: Math.max(acceptedAt + 40, result.endedAt - 100),
        }));
    const looked = { ...result, vouches: 'login' as const, sightings, lookedAt: result.endedAt };
    keep(judgeDelivery(looked, open, allowance));
    if (!missing) awaited.set(protocol, []);
  }

  function control(at: number, now: readonly Fault[]): void {
    const shut = now.some(({ kind }) => kind === 'local');
    const endedAt = at + (shut ? 5_000 : 30);
    controls.record(
      ['one.example.net:443', 'two.example.org:993', 'three.example.com:25'].map((target) => ({
        target,
        startedAt: at,
        endedAt,
        monotonicStart: at * 1000,
        monotonicEnd: endedAt * 1000,
        ok: !shut,
        reason: shut ? ('timeout' as const) : null,
        address: '198.51.100.7:443',
        connectMicroseconds: shut ? null : 21_000,
      })),
    );
  }

  function step(at: number): void {
    const now = faultsAt(at);
    const down = now.some(({ kind }) => kind === 'down');
    for (const protocol of protocols) {
      if ((due.get(protocol) ?? 0) <= at) {
        due.set(protocol, at + connectInterval);
        if (!down && !denseAt.has(protocol)) keep(attempt(protocol, 'connect', at, now));
      }
      const dense = denseAt.get(protocol) ?? Infinity;
      if (dense > at) continue;
      const since = failingSince.get(protocol) ?? at;
      denseAt.set(protocol, at + denseInterval('connect', at - since));
      if (!down) keep(attempt(protocol, 'login', at, now));
    }
    if (roundAt <= at) {
      roundAt = at + roundtripPause(roundtripInterval, random);
      if (!down) round(at, now);
    }
    if (controlAt > at) return;
    controlAt = at + (failingSince.size > 0 ? 10_000 : controlInterval);
    if (!down) control(at, now);
  }

  /** Writes what has ended by then, in the order of its end; messages seen by all are removed. */
  function write(until: number): number {
    ready.sort((a, b) => a.endedAt - b.endedAt);
    const done = ready.filter(({ endedAt }) => endedAt < until);
    ready = ready.filter(({ endedAt }) => endedAt >= until);
    for (const result of done) {
      journal.append(result);
      if (result.protocol === 'webmail')
        for (const { token } of result.sightings) messages.removed(token, result.endedAt);
    }
    return done.length;
  }

  return {
    /** Lives from where it stands (first: `from`) up to `to`. @returns how many results were written */
    live: connection.transaction(({ from, to }: Interval): number => {
      if (!began) {
        for (const [protocol, offset] of due) due.set(protocol, from + offset);
        roundAt += from;
        controlAt += from;
        began = true;
      }
      for (;;) {
        const next = Math.min(roundAt, controlAt, ...due.values(), ...denseAt.values());
        if (next >= to) return write(to);
        step(next);
      }
    }),
    tenant: tenantName,
  };
}
