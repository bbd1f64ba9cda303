import type { Attempt } from '../../src/domain/evidence.ts';
import type { Interval } from '../../src/domain/interval.ts';
import { minuteLength, union } from '../../src/domain/interval.ts';
import type { Depth, Phase, Protocol } from '../../src/domain/protocol.ts';
import { denseInterval } from '../../src/schedule/pace.ts';

/** A true outage of one protocol: the service answers nothing right over [from, to). */
export interface Outage extends Interval {
  readonly protocol: Protocol;
  /** Refused connections, or a service that accepts and says nothing. */
  readonly kind: 'refused' | 'hung';
  /** The shallowest depth that fails. */
  readonly depth: 'connect' | 'login';
}

export interface Pace {
  readonly connect: number;
  readonly roundtrip: number;
  /** Normal time of an answer, ms. */
  readonly answer: number;
  readonly deadline: number;
  /** Offset of the first attempts, ms. */
  readonly phase: number;
  /** Times at which the daemon was down. */
  readonly down: readonly Interval[];
}

const phaseAt: Record<'connect' | 'login', Phase> = { connect: 'tcp', login: 'auth' };

/** What a daemon with this pace sees of one protocol's outages, from 0 up to `end`. */
export function observe(
  protocol: Protocol,
  outages: readonly Outage[],
  pace: Pace,
  end: number,
): Attempt[] {
  const own = outages.filter((outage) => outage.protocol === protocol);
  const attempts: Attempt[] = [];
  const due: { at: number; depth: Depth; regular: boolean }[] = [
    { at: pace.phase, depth: 'connect', regular: true },
    { at: 1, depth: 'roundtrip', regular: true },
  ];
  let failing: { since: number; depth: Depth; successes: number } | null = null;
  let denseAt = Infinity;
  const learnt: { at: number; run: () => void }[] = [];

  const attempt = (at: number, depth: Depth): void => {
    const done = tryAt(protocol, own, at, depth, pace);
    if (pace.down.some((down) => down.from < done.endedAt && at < down.to)) return;
    attempts.push(done);
    learnt.push({
      at: done.endedAt,
      run: () => {
        if (done.failure === null) {
          if (failing === null) return;
          if (failing.depth === 'login' && done.vouches === 'connect') return;
          failing.successes++;
          if (failing.successes === 1 && done.vouches === 'connect')
            due.push({ at: done.endedAt, depth: 'login', regular: false });
          if (failing.successes >= 2) {
            failing = null;
            denseAt = Infinity;
          }
          return;
        }
        const failed: Depth = done.failure.phase === 'auth' ? 'login' : 'connect';
        if (failing === null) denseAt = done.endedAt + denseInterval(failed, 0);
        failing = {
          since: failing?.since ?? done.endedAt,
          depth: failing?.depth === 'login' ? 'login' : failed,
          successes: 0,
        };
      },
    });
  };

  for (let steps = 0; steps < 100_000; steps++) {
    learnt.sort((a, b) => a.at - b.at);
    due.sort((a, b) => a.at - b.at);
    const next = Math.min(learnt[0]?.at ?? Infinity, due[0]?.at ?? Infinity, denseAt);
    if (next >= end) break;
    if (learnt[0]?.at === next) {
      learnt.shift()?.run();
    } else if (due[0]?.at === next) {
      const task = due.shift();
      if (task === undefined) break;
      attempt(task.at, task.depth);
      if (task.regular) {
        const period = task.depth === 'connect' ? pace.connect : pace.roundtrip;
        due.push({ ...task, at: task.at + period });
      }
    } else {
      const state = failing as { since: number; depth: Depth } | null;
      const depth = state?.depth ?? 'connect';
      attempt(denseAt, depth);
      denseAt += denseInterval(depth, denseAt - (state?.since ?? denseAt));
    }
  }
  return attempts.filter((one) => one.endedAt <= end);
}

function tryAt(
  protocol: Protocol,
  outages: readonly Outage[],
  at: number,
  depth: Depth,
  pace: Pace,
): Attempt {
  const plain = { protocol, startedAt: at, monotonicStart: at * 1000 };
  const ended = (endedAt: number) => ({ endedAt, monotonicEnd: endedAt * 1000 });
  const failed = (
    hit: Outage,
    from: number,
    to: number,
    reason: 'connection-refused' | 'timeout',
  ): Attempt => ({
    ...plain,
    ...ended(to),
    vouches: null,
    failure: { phase: phaseAt[hit.depth], reason, code: null, provenFrom: from, provenTo: to },
  });
  const deadline = at + pace.deadline;
  // A service that wakes answers what was asked, and may be struck by the next outage in the same moment.
  for (let now = at; ; ) {
    const hit = outages.find(
      (outage) =>
        outage.from <= now &&
        now < outage.to &&
        (depth !== 'connect' || outage.depth === 'connect'),
    );
    if (hit === undefined)
      return { ...plain, ...ended(now + pace.answer), vouches: depth, failure: null };
    if (hit.kind === 'refused') return failed(hit, now, now, 'connection-refused');
    if (hit.to >= deadline) return failed(hit, now, deadline, 'timeout');
    now = hit.to;
  }
}

/**
 * The minutes that count by the contract's rule, had one seen the outages themselves.
 * @param slack added to the end of each, ms: an outage's end is seen one normal answer later
 */
export function trueMinutes(outages: readonly Outage[], threshold: number, slack: number): number {
  const protocols = [...new Set(outages.map((outage) => outage.protocol))];
  const qualifying = protocols.flatMap((protocol) =>
    union(outages.filter((outage) => outage.protocol === protocol))
      .map((outage) => ({ from: outage.from, to: outage.to + slack }))
      .filter((outage) => outage.to - outage.from >= threshold),
  );
  return union(qualifying).reduce(
    (sum, interval) => sum + Math.floor((interval.to - interval.from) / minuteLength),
    0,
  );
}
