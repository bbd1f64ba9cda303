import type { ProbeResult } from '../domain/result.ts';
import { type Incident, incidentStore } from './incidents.ts';
import { messageStore } from './messages.ts';
import type { Connection } from './open.ts';
import { resultWriter } from './results.ts';

/** Results that a full disk may keep waiting before the oldest is given up. About 2 hours of one tenant. */
const mostWaiting = 5_000;

export interface JournalState {
  /** Results that are not on disk yet. */
  readonly waiting: number;
  /** Results given up since the start, because the disk stayed full for too long. */
  readonly lost: number;
  /** The last write error, for a person; null when the last write went well. */
  readonly error: string | null;
}

/**
 * Stores, then announces: a result reaches its listener only when it is on disk. While the disk is
 * full, results wait in memory, bounded, and are written as soon as a write succeeds again.
 */
export function openJournal(connection: Connection, announce: (result: ProbeResult) => void) {
  const writeResult = resultWriter(connection);
  const messages = messageStore(connection);
  const incidents = incidentStore(connection);
  const waiting: ProbeResult[] = [];
  let lost = 0;
  let error: string | null = null;

  const write = connection.transaction((result: ProbeResult) => {
    writeResult(result);
    if (result.token !== null)
      messages.sent(result.tenant, result.token, result.startedAt, result.acceptedAt);
    for (const sighting of result.sightings) messages.seen(result.protocol, sighting);
  });

  /** Writes what waits, oldest first; stops at the first failure. */
  function flush(): boolean {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      try {
        write(next);
      } catch (failure) {
        error = failure instanceof Error ? failure.message : String(failure);
        return false;
      }
      waiting.shift();
      error = null;
      announce(next);
    }
    return true;
  }

  return {
    append(result: ProbeResult): void {
      waiting.push(result);
      if (waiting.length > mostWaiting) {
        waiting.shift();
        lost++;
      }
      flush();
    },
    /** Tries again to write what waits; true when nothing waits any more. */
    flush,
    /** Incidents are few; one that cannot be written is told in the state. */
    record(incident: Incident): void {
      try {
        incidents.record(incident);
      } catch (failure) {
        error = failure instanceof Error ? failure.message : String(failure);
      }
    },
    state: (): JournalState => ({ waiting: waiting.length, lost, error }),
  };
}
export type Journal = ReturnType<typeof openJournal>;
