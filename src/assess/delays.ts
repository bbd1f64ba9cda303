import { type DelayFigures, figuresOfSums } from '../domain/delay.ts';
import { addDelays, type DelayLimit, type DelaySums, sumDelays } from '../domain/delay-sums.ts';
import type { Interval } from '../domain/interval.ts';
import type { Protocol } from '../domain/protocol.ts';
import { delayReader } from '../store/delays.ts';
import type { Connection } from '../store/open.ts';

/** A month is summed up in pieces of this length, ms; the daemon asks every few seconds. */
const pieceLength = 3 * 3_600_000;
/** A message is on disk at the latest this long after its acceptance, ms, as long as the disk takes it. */
const storedWithin = 3_600_000;
/** So many months of a tenant and reader are remembered: this one, and those whose claim may be open. */
const mostMonths = 5;

interface Piece {
  readonly sums: DelaySums;
  /** Wall ms. */
  readonly readAt: number;
}
type Month = Map<string, Piece>;

/**
 * The delays of a stretch of time, at a cost that does not grow with it. A piece of it is read once more for
 * each question until an hour has passed since its end and all its messages were seen or lost; from then on it
 * stands, unless the wall clock goes back behind that reading. A lost message may be found after all: pieces
 * that have some are read again when an hour has passed, one a question.
 */
export function openDelays(connection: Connection) {
  const reader = delayReader(connection);
  const months = new Map<string, Month>();

  function recall(key: string): Month {
    const month = months.get(key) ?? new Map<string, Piece>();
    months.delete(key);
    months.set(key, month);
    return month;
  }

  /** Months of a tenant and reader that were not asked for lately are forgotten. */
  function forgetOldest(owner: string): void {
    const own = [...months.keys()].filter((key) => key.startsWith(owner));
    for (const key of own.slice(0, Math.max(0, own.length - mostMonths))) months.delete(key);
  }

  /** Of the messages accepted within, as one reader saw them; null without any. */
  return (
    tenant: string,
    protocol: Protocol,
    within: Interval,
    limits: readonly DelayLimit[],
    now: number,
  ): DelayFigures | null => {
    const since = reader.watchedSince(tenant, protocol);
    const messagesIn = (interval: Interval) =>
      reader.timedMessages(tenant, protocol, interval, since);
    const owner = JSON.stringify([tenant, protocol]);
    const month = recall(`${owner}${JSON.stringify([within, limits])}`);
    forgetOldest(owner);
    const oldest = dueForFoundOnes(month, now);
    const kept = new Map<string, Piece>();
    for (const [key, interval] of piecesOf(within, now)) {
      const known = month.get(key);
      const standing = known !== undefined && key !== oldest && isSettled(known, interval, now);
      kept.set(
        key,
        standing ? known : { sums: sumDelays(messagesIn(interval), limits, now), readAt: now },
      );
    }
    month.clear();
    for (const [key, piece] of kept) month.set(key, piece);
    const sums = [...kept.values()].reduce(
      (sum, piece) => addDelays(sum, piece.sums),
      sumDelays([], limits, now),
    );
    return figuresOfSums(sums, () => messagesIn(within), now);
  };
}

function isSettled({ sums, readAt }: Piece, { to }: Interval, now: number): boolean {
  return sums.awaited === 0 && readAt >= to + storedWithin && readAt <= now;
}

/** The piece whose lost messages were not looked for in the last hour, the longest ago first. */
function dueForFoundOnes(month: Month, now: number): string | null {
  let due: readonly [string, Piece] | null = null;
  for (const entry of month) {
    const [, { sums, readAt }] = entry;
    if (sums.undelivered === 0 || now - readAt < storedWithin) continue;
    if (due === null || readAt < due[1].readAt) due = entry;
  }
  return due?.[0] ?? null;
}

/** What lies ahead is one piece: a clock that steps back has accepted messages in it. */
function* piecesOf({ from, to }: Interval, now: number): Generator<readonly [string, Interval]> {
  for (let at = from; at < to; ) {
    const next = Math.floor(at / pieceLength + 1) * pieceLength;
    const end = next > now ? to : Math.min(next, to);
    yield [`${at} ${end}`, { from: at, to: end }];
    at = end;
  }
}
