import type { Interval } from '../../src/domain/interval.ts';
import { minuteLength } from '../../src/domain/interval.ts';
import { type Depth, type Phase, type Protocol, protocols } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';

const hour = 60 * minuteLength;
const day = 24 * hour;

/** What goes wrong over [from, to). */
export interface Fault extends Interval {
  /** `down`: we do not probe at all. `delivery`: mail is taken and does not arrive. */
  readonly kind: 'refused' | 'hung' | 'password' | 'throttled' | 'local' | 'delivery' | 'down';
  readonly protocols: readonly Protocol[];
}

export interface Symptom {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly code: string | null;
  /** True when the server says nothing until the attempt's deadline. */
  readonly silent: boolean;
}

/** Numbers in [0, 1) that are the same in every run (a linear congruential generator). */
export function sameRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The year's faults, in the order of time: some of every kind each month, and a week of a wrong password. */
export function faultsOf(year: Interval, random: () => number): Fault[] {
  const faults: Fault[] = [];
  const add = (kind: Fault['kind'], at: number, length: number, struck = protocols) =>
    void faults.push({
      kind,
      from: Math.round(at),
      to: Math.round(at + length),
      protocols: struck as readonly Protocol[],
    });
  const one = () => [protocols[Math.floor(random() * protocols.length)] as Protocol];
  for (let month = year.from; month < year.to; month += 30 * day) {
    const at = () => month + day + random() * 28 * day;
    for (let i = 0; i < 3; i++) add('refused', at(), 20_000 + random() * 180_000, one() as never);
    for (let i = 0; i < 3; i++) add('hung', at(), 20_000 + random() * 180_000, one() as never);
    add('refused', at(), (10 + random() * 30) * minuteLength);
    add('throttled', at(), 30 * minuteLength, one() as never);
    add('local', at(), 5 * minuteLength);
    add('delivery', at(), 8 * minuteLength);
    add('down', at(), (2 + random() * 20) * minuteLength);
  }
  const middle = year.from + (year.to - year.from) / 2;
  if (year.to - year.from > 30 * day) add('password', middle, 7 * day);
  return faults.sort((a, b) => a.from - b.from);
}

const symptoms: Readonly<Record<Fault['kind'], Symptom & { depth: Depth }>> = {
  refused: symptom('connect', 'tcp', 'connection-refused', 'ECONNREFUSED', false),
  hung: symptom('login', 'auth', 'timeout', null, true),
  password: symptom('login', 'auth', 'auth-refused', '535 5.7.8', false),
  throttled: symptom('login', 'auth', 'throttled', '421 4.7.0', false),
  local: symptom('connect', 'tcp', 'timeout', null, true),
  delivery: symptom('roundtrip', 'visible', 'not-delivered', null, false),
  down: symptom('connect', 'tcp', 'timeout', null, true),
};

function symptom(depth: Depth, phase: Phase, reason: Reason, code: string | null, silent: boolean) {
  return { depth, phase, reason, code, silent };
}

/** What an attempt of this depth meets; null: all well. Missing mail is no matter of one attempt. */
export function metBy(fault: Fault | undefined, protocol: Protocol, depth: Depth): Symptom | null {
  if (fault === undefined || fault.kind === 'delivery') return null;
  if (!fault.protocols.includes(protocol)) return null;
  const found = symptoms[fault.kind];
  return depth === 'connect' && found.depth !== 'connect' ? null : found;
}
