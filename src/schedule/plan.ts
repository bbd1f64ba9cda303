import { type Depth, type Protocol, reaches } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import { deepestDepth, mailboxesOf, protocolsOf, type Tenant } from '../domain/tenant.ts';
import { mostInFlight, roundtripPause, untilNextTick } from './pace.ts';
import { watchProtocol } from './watch.ts';

/** One thing to do now. */
export type Task =
  | {
      readonly kind: 'attempt';
      readonly tenant: Tenant;
      readonly protocol: Protocol;
      readonly depth: Depth;
      /** Counts a protocol's attempts, so that each begins with another of the host's addresses. */
      readonly turn: number;
    }
  | {
      readonly kind: 'round';
      readonly tenant: Tenant;
      /** The protocols that take part: all but those held back, or with too many attempts under way. */
      readonly protocols: readonly Protocol[];
      readonly turn: number;
    };

interface Due {
  readonly task: Task;
  /** Monotonic ms at which it should have begun. */
  readonly at: number;
}

/** How much a tick may be late and still count as itself, ms; later ones are left as gaps. */
const latest = 5_000;
/**
 * The tick after a tick is not sooner than this share of the interval: wall and monotonic ms are cut off
 * apart, so that a tick may otherwise come again a millisecond later.
 */
const leastShare = 1 / 4;

/**
 * Who is due when, for one mailbox of a tenant. Reads no clock: `now` is monotonic ms, `wall` epoch ms.
 * Three sources of work: a `connect` tick per protocol, the round trip, and dense probing on failure.
 */
export function planTenant(tenant: Tenant, now: number, wall: number, random: () => number) {
  const all = protocolsOf(tenant);
  // The tenant's mailboxes take turns: their ticks and rounds are spread over the interval.
  const mailboxes = mailboxesOf(tenant);
  const place = mailboxes.findIndex(({ address }) => address === tenant.mailbox.address);
  const watches = all.map((protocol) => watchProtocol(protocol, deepestDepth(tenant, protocol)));
  const connectDue = new Map(all.map((protocol, index) => [protocol, now + tick(index, wall)]));
  const atOnce = new Map<Protocol, Depth>();
  const inFlight = new Map<Protocol, number>();
  const lastLogin = new Map<Protocol, number>();
  let roundDue = now + Math.floor((place * tenant.roundtripInterval) / mailboxes.length);
  let turn = 0;

  function tick(index: number, at: number): number {
    const count = all.length * mailboxes.length;
    return untilNextTick(
      tenant.name,
      index * mailboxes.length + place,
      count,
      tenant.connectInterval,
      at,
    );
  }

  function tickAfter(index: number, at: number): number {
    const next = tick(index, at);
    return next < tenant.connectInterval * leastShare ? next + tenant.connectInterval : next;
  }

  function attempt(protocol: Protocol, depth: Depth): Task {
    turn++;
    return { kind: 'attempt', tenant, protocol, depth, turn };
  }

  function may(protocol: Protocol, depth: Depth, at: number): boolean {
    return !watches[all.indexOf(protocol)]?.held(depth, at);
  }

  function* dueAttempts(
    at: number,
    wallNow: number,
    isFull: (protocol: Protocol) => boolean,
  ): Generator<Due> {
    for (const [index, watch] of watches.entries()) {
      const { protocol } = watch;
      const ticked = connectDue.get(protocol) ?? at;
      if (ticked <= at) {
        const missed = at - ticked >= latest;
        connectDue.set(protocol, at + (missed ? tick : tickAfter)(index, wallNow));
        // While it is probed densely, a tick would only take the place of a dense attempt.
        const dense = watch.denseDue() !== null && may(protocol, 'login', at);
        if (!missed && !dense && may(protocol, 'connect', at))
          yield { at: ticked, task: attempt(protocol, 'connect') };
      }
      const wished = atOnce.get(protocol);
      if (wished !== undefined) {
        atOnce.delete(protocol);
        if (may(protocol, wished, at)) yield { at, task: attempt(protocol, wished) };
      }
      const retry = watch.retryDue();
      if (retry !== null && retry <= at) {
        watch.takeRetry(at, tenant.attemptDeadline);
        yield { at: retry, task: attempt(protocol, 'login') };
      }
      const dense = watch.denseDue();
      if (dense !== null && dense <= at && isFull(protocol)) watch.putOffDense(at);
      else if (dense !== null && dense <= at) {
        const depth = watch.takeDense(at);
        if (may(protocol, depth, at)) yield { at: dense, task: attempt(protocol, depth) };
      }
    }
  }

  return {
    tenant,
    /** Takes what is due. A protocol with too many attempts under way is left out this time. */
    take(at: number, wallNow: number): Due[] {
      const begun = new Map(inFlight);
      const hasRoom = (protocol: Protocol): boolean => {
        const count = begun.get(protocol) ?? 0;
        if (count < mostInFlight) begun.set(protocol, count + 1);
        return count < mostInFlight;
      };
      const isFull = (protocol: Protocol) => (begun.get(protocol) ?? 0) >= mostInFlight;
      const due: Due[] = [];
      for (const one of dueAttempts(at, wallNow, isFull))
        if (one.task.kind === 'round' || hasRoom(one.task.protocol)) due.push(one);
      if (roundDue <= at) {
        const participants = all.filter(
          (protocol) => may(protocol, 'login', at) && hasRoom(protocol),
        );
        turn++;
        if (participants.length > 0)
          due.push({
            at: roundDue,
            task: { kind: 'round', tenant, protocols: participants, turn },
          });
        roundDue = at + roundtripPause(tenant.roundtripInterval, random);
      }
      return due;
    },
    /** Monotonic ms of the next thing due. */
    next(): number {
      const others = watches.flatMap((watch) => [
        watch.denseDue() ?? Infinity,
        watch.retryDue() ?? Infinity,
      ]);
      return Math.min(roundDue, ...connectDue.values(), ...others, atOnce.size > 0 ? 0 : Infinity);
    },
    began: (protocol: Protocol) => void inFlight.set(protocol, (inFlight.get(protocol) ?? 0) + 1),
    ended: (protocol: Protocol) => void inFlight.set(protocol, (inFlight.get(protocol) ?? 1) - 1),
    /**
     * Whether the message watch may log in: nothing is held back, and the protocol works but for the
     * delivery. POP and webmail are looked at densely while it fails, and not watched beside that.
     */
    mayWatch(protocol: Protocol, at: number): boolean {
      const failing = watches[all.indexOf(protocol)]?.failingAt() ?? null;
      const works = failing === null || (failing === 'roundtrip' && protocol === 'imap');
      return works && may(protocol, 'login', at);
    },
    /** A tripwire was cut: look at once. */
    trip(protocol: Protocol, at: number): void {
      watches[all.indexOf(protocol)]?.suspect(at);
      if (!atOnce.has(protocol)) atOnce.set(protocol, 'connect');
    },
    /** Another mailbox of the tenant just began to fail: is this one struck as well? */
    look(protocol: Protocol): void {
      if (!atOnce.has(protocol)) atOnce.set(protocol, 'connect');
    },
    /** Learns from a stored result. True when the protocol just began to fail. */
    observe(result: ProbeResult, at: number): boolean {
      const { protocol } = result;
      if (result.vouches !== null && reaches(result.vouches, 'login')) lastLogin.set(protocol, at);
      const elsewhere = [...lastLogin].some(
        ([other, when]) => other !== protocol && at - when < 60_000,
      );
      const wish = watches[all.indexOf(protocol)]?.observe(result, elsewhere, at);
      if (wish?.login) atOnce.set(protocol, 'login');
      if (wish?.others)
        for (const other of all)
          if (other !== protocol && !atOnce.has(other)) atOnce.set(other, 'connect');
      return wish?.others ?? false;
    },
  };
}
export type TenantPlan = ReturnType<typeof planTenant>;
