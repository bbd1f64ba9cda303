import type { Clock } from '../domain/clock.ts';
import { lookPause } from '../domain/message.ts';
import type { ReadingProtocol } from '../domain/protocol.ts';

/** A round looks for its own message for 10 s; the watch goes on after that, ms from acceptance. */
const roundLooksFor = 11_000;
/** Two sessions of one reader begin at least this far apart, ms. */
const leastPause = 5_000;
/** A session that can wait for news stays for so long, ms: one login serves several looks. */
const longestStay = 18_000;
/** Quota and old leftovers are looked at this often, ms; first, this long after the start. */
const hygiene = { every: 15 * 60_000, first: 20_000 };

/** What one reader of one tenant has still to see. */
export interface Missing {
  /** Acceptance of each message, wall ms. */
  readonly acceptedAt: readonly number[];
  /** Wall ms of the last complete look; null if there was none. */
  readonly lastLook: number | null;
}

export interface WatchedReader {
  readonly tenant: string;
  readonly protocol: ReadingProtocol;
}

export interface WatchPorts {
  readonly clock: Clock;
  /** Calls back after so many ms; gives a function that cancels. */
  readonly timer: (delay: number, call: () => void) => () => void;
  readonly missing: (reader: WatchedReader) => Missing;
  /** Whether a login is allowed now: none is while the server asks for patience. */
  readonly may: (reader: WatchedReader) => boolean;
  /** One session; must not reject. */
  readonly look: (
    reader: WatchedReader,
    session: { readonly stay: number; readonly hygiene: boolean },
  ) => Promise<void>;
}

/** IMAP can wait for news within a session. */
function canStay({ protocol }: WatchedReader): boolean {
  return protocol === 'imap';
}

/**
 * When the next look for a missing message is due, wall ms; null when nothing is missing (measurement
 * §6). A reader that waits for news goes on at once while a message is young.
 */
export function nextLookAt(reader: WatchedReader, missing: Missing, now: number): number | null {
  const { lastLook } = missing;
  const due = missing.acceptedAt.flatMap((acceptedAt) => {
    const pause = lookPause(now - acceptedAt);
    if (pause === null) return [];
    const first = acceptedAt + roundLooksFor;
    const next = canStay(reader) && pause <= leastPause ? 0 : pause;
    return [Math.max(first, lastLook === null ? 0 : lastLook + next)];
  });
  return due.length === 0 ? null : Math.min(...due);
}

/**
 * Watches on, after the rounds, for what they did not see. One session of a reader at a time, planned
 * by what the store says: so it goes on after a restart, and no round waits for it.
 */
export function startMessageWatch(readers: readonly WatchedReader[], ports: WatchPorts) {
  const { clock } = ports;
  const now = () => Math.floor(clock.monotonic() / 1000);
  const watches = readers.map((reader) => watchReader(reader, ports, now));
  return {
    /** Something is known that was not known before about this tenant. */
    wake(tenant: string): void {
      for (const watch of watches) if (watch.reader.tenant === tenant) watch.wake();
    },
    stop(): void {
      for (const watch of watches) watch.stop();
    },
  };
}

function watchReader(reader: WatchedReader, ports: WatchPorts, now: () => number) {
  let underWay = false;
  let stopped = false;
  let lastBegun = -Infinity;
  let hygieneDue = canStay(reader) ? now() + hygiene.first : Infinity;
  let cancel = ports.timer(0, wake);

  /** Monotonic ms of the next session; infinite when there is nothing to do. */
  function nextAt(): number {
    const wall = ports.clock.wall();
    const look = nextLookAt(reader, ports.missing(reader), wall);
    const due = look === null ? Infinity : now() + (look - wall);
    return Math.max(Math.min(due, hygieneDue), lastBegun + leastPause);
  }

  function wake(): void {
    cancel();
    if (stopped || underWay) return;
    const next = nextAt();
    const at = now();
    if (next > at || !ports.may(reader)) {
      // Held back: asked again after a while. A far look may be brought nearer by a new message.
      const pause = next > at ? next - at : leastPause;
      if (pause < Infinity) cancel = ports.timer(Math.min(pause, hygiene.every), wake);
      return;
    }
    begin(at);
  }

  function begin(at: number): void {
    underWay = true;
    lastBegun = at;
    const isHygiene = hygieneDue <= at;
    if (isHygiene) hygieneDue = at + hygiene.every;
    const wall = ports.clock.wall();
    const { acceptedAt } = ports.missing(reader);
    const youngest = Math.max(-Infinity, ...acceptedAt);
    const young = acceptedAt.length > 0 && (lookPause(wall - youngest) ?? Infinity) <= leastPause;
    const stay = canStay(reader) && young ? longestStay : 0;
    void ports.look(reader, { stay, hygiene: isHygiene }).finally(() => {
      underWay = false;
      wake();
    });
  }

  return {
    reader,
    wake,
    stop(): void {
      stopped = true;
      cancel();
    },
  };
}
