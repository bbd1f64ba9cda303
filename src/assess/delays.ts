import { type DelayFigures, figuresOfSums } from '../domain/delay.ts';
import {
  addDelays,
  type DelayLimit,
  type DelaySums,
  sumDelays,
  type TimedMessage,
} from '../domain/delay-sums.ts';
import type { Interval } from '../domain/interval.ts';
import type { Reader, Route } from '../domain/message.ts';
import { delayReader, type Leg } from '../store/delays.ts';
import type { Connection } from '../store/open.ts';

/** A month is summed up in pieces of this length, ms: the daemon asks for it every few seconds. */
const pieceLength = 3_600_000;
/** A message is on disk at the latest this long after its acceptance, ms, as long as the disk takes it. */
const storedWithin = 3_600_000;
/** So many months of a tenant and reader are remembered: this one, and those whose claim may be open. */
const mostMonths = 5;

interface Piece {
  readonly interval: Interval;
  readonly sums: DelaySums;
  /** Wall ms. */
  readonly readAt: number;
}

/**
 * The delays of a stretch of time, at a cost that does not grow with it. A piece of it is read once more for
 * each question until an hour has passed since its end and all its messages were seen or lost; from then on it
 * stands, unless the wall clock goes back behind that reading. A lost message may be found after all: a piece
 * that has some is read again when an hour has passed, one of them for each question.
 */
export function openDelays(connection: Connection) {
  const reader = delayReader(connection);
  /** Pieces by where they begin; by month, the one that was asked for last at the end. */
  const months = new Map<string, ReadonlyMap<number, Piece>>();

  function remember(owner: string, key: string, pieces: readonly Piece[]): void {
    months.delete(key);
    months.set(key, new Map(pieces.map((piece) => [piece.interval.from, piece])));
    const own = [...months.keys()].filter((one) => one.startsWith(owner));
    for (const one of own.slice(0, -mostMonths)) months.delete(one);
  }

  function sumsOf(
    tenant: string,
    { protocol, route, leg = null }: SeenRoute,
    within: Interval,
    limits: readonly DelayLimit[],
    now: number,
  ) {
    const since = reader.watchedSince(tenant, protocol);
    const read = (interval: Interval) =>
      reader.timedMessages(tenant, protocol, interval, since, route, leg);
    const owner = JSON.stringify([tenant, protocol, route, leg]);
    const key = `${owner}${JSON.stringify([within, limits])}`;
    const known = months.get(key) ?? new Map<number, Piece>();
    const again = dueAgain([...known.values()], now);
    const standing = (interval: Interval): Piece | null => {
      const piece = known.get(interval.from);
      const stands = piece !== undefined && piece !== again && isSettled(piece, interval, now);
      return stands ? piece : null;
    };
    const sum = (messages: readonly TimedMessage[]) => sumDelays(messages, limits, now);
    const pieces = fill(piecesOf(within, now), standing, read).map(
      ({ interval, found }): Piece =>
        'sums' in found ? found : { interval, sums: sum(found.messages), readAt: now },
    );
    remember(owner, key, pieces);
    const sums = pieces.reduce((total, piece) => addDelays(total, piece.sums), sum([]));
    return { sums, messages: () => read(within) };
  }

  /** Of the messages accepted within, as they were seen, all of these routes together; null without any. */
  return (
    tenant: string,
    seen: readonly SeenRoute[],
    within: Interval,
    limits: readonly DelayLimit[],
    now: number,
  ): DelayFigures | null => {
    const parts = seen.map((one) => sumsOf(tenant, one, within, limits, now));
    const sums = parts
      .map((part) => part.sums)
      .reduce((total, part) => addDelays(total, part), sumDelays([], limits, now));
    return figuresOfSums(sums, () => parts.flatMap(({ messages }) => messages()), now);
  };
}

/** The messages of a route, as one reader sees them; of a part of their way if a leg is named. */
export interface SeenRoute {
  readonly protocol: Reader;
  readonly route: Route;
  readonly leg?: Leg | null;
}

/** Pieces that stand, and for the others their messages: those that lie side by side are read at once. */
function fill(
  intervals: readonly Interval[],
  standing: (interval: Interval) => Piece | null,
  read: (interval: Interval) => readonly TimedMessage[],
) {
  const found = intervals.map(standing);
  let messages: readonly TimedMessage[] = [];
  let next = 0;
  return intervals.map((interval, index) => {
    const piece = found[index] ?? null;
    if (piece !== null) return { interval, found: piece };
    if (index === 0 || found[index - 1] !== null) {
      const after = found.findIndex((one, place) => place > index && one !== null);
      const last = intervals.at(after - (after < 0 ? 0 : 1)) ?? interval;
      messages = read({ from: interval.from, to: last.to });
      next = 0;
    }
    const first = next;
    while ((messages[next]?.acceptedAt ?? Infinity) < interval.to) next++;
    return { interval, found: { messages: messages.slice(first, next) } };
  });
}

function isSettled({ interval, sums, readAt }: Piece, { to }: Interval, now: number): boolean {
  const complete = interval.to === to && readAt >= to + storedWithin && readAt <= now;
  return complete && sums.awaited === 0;
}

/** The piece with lost messages that were not looked for in the last hour, the longest ago first. */
function dueAgain(pieces: readonly Piece[], now: number): Piece | null {
  return pieces
    .filter(({ sums, readAt }) => sums.undelivered > 0 && now - readAt >= storedWithin)
    .reduce<Piece | null>(
      (due, one) => (due === null || one.readAt < due.readAt ? one : due),
      null,
    );
}

/** What lies ahead is one piece: after a step of the clock messages may be accepted in it. */
function piecesOf({ from, to }: Interval, now: number): Interval[] {
  const pieces: Interval[] = [];
  for (let at = from; at < to; ) {
    const next = Math.floor(at / pieceLength + 1) * pieceLength;
    const end = next > now ? to : Math.min(next, to);
    pieces.push({ from: at, to: end });
    at = end;
  }
  return pieces;
}
