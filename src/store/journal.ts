import type { ProbeResult } from '../domain/result.ts';
import { type Incident, incidentStore } from './incidents.ts';
import { messageStore } from './messages.ts';
import type { Connection } from './open.ts';
import { pageStore } from './pages.ts';
import { resultWriter } from './results.ts';
import { traceStore } from './traces.ts';

/** Results that a full disk may keep waiting before the oldest is given up. About 2 hours of one tenant. */
const mostWaiting = 5_000;
/** The same of incidents, and of facts about messages. */
const mostIncidents = 1_000;

export interface JournalState {
  /** Results that are not on disk yet. */
  readonly waiting: number;
  /** Results given up since the start: the disk stayed full for too long, or the result cannot be stored. */
  readonly lost: number;
  /** The last write error, for a person; null when the last write went well. */
  readonly error: string | null;
}

/**
 * Stores, then announces: a result reaches its listener only when it is on disk. While the disk is
 * full, results wait in memory, bounded, and are written as soon as a write succeeds again. Incidents
 * wait in the same way and go first: evidence from a pause must not be judged without it.
 */
export function openJournal(connection: Connection, announce: (result: ProbeResult) => void) {
  const writeResult = resultWriter(connection);
  const messages = messageStore(connection);
  const incidents = incidentStore(connection);
  const pages = pageStore(connection);
  const traces = traceStore(connection);
  const waiting: ProbeResult[] = [];
  const waitingIncidents: Incident[] = [];
  const waitingFacts: (() => void)[] = [];
  let lost = 0;
  let error: string | null = null;
  let refused = false;

  const write = connection.transaction((result: ProbeResult) => {
    writeResult(result);
    const { tenant, protocol, token, startedAt, acceptedAt, refusedAt = null } = result;
    const mailbox = result.mailbox ?? null;
    if (token !== null)
      messages.sent(tenant, token, startedAt, acceptedAt, {
        refusedAt,
        by: protocol,
        mailbox,
      });
    if (result.pageOpen != null) pages.opened(tenant, result.endedAt, result.pageOpen);
    if (protocol === 'smtp') return;
    for (const sighting of result.sightings) messages.seen(protocol, sighting);
    for (const look of result.looks ?? []) messages.looked(tenant, protocol, look, mailbox);
    for (const report of result.reports ?? []) messages.reported(report);
    for (const copies of result.copies ?? []) messages.copied(copies);
    for (const trace of result.traces ?? []) traces.traced(trace);
  });

  /** Takes the first one off the queue if it is stored now; false if it has to wait. */
  function store<T>(queue: T[], writeOne: (next: T) => void, next: T): boolean {
    try {
      writeOne(next);
    } catch (failure) {
      error = failure instanceof Error ? failure.message : String(failure);
      refused = isRefusal(failure);
      return false;
    }
    queue.shift();
    error = null;
    return true;
  }

  /** Writes what waits, oldest first; stops at the first failure. */
  function flush(): boolean {
    for (const incident of [...waitingIncidents])
      if (!store(waitingIncidents, incidents.record, incident)) return false;
    for (const fact of [...waitingFacts])
      if (!store(waitingFacts, (write) => write(), fact)) {
        if (!refused) return false;
        waitingFacts.shift();
      }
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (store(waiting, write, next)) announce(next);
      else if (refused) giveUpOldest();
      else return false;
    }
    return true;
  }

  function giveUpOldest(): void {
    waiting.shift();
    lost++;
  }

  return {
    append(result: ProbeResult): void {
      waiting.push(result);
      if (waiting.length > mostWaiting) giveUpOldest();
      flush();
    },
    /** Writes one more fact, now or as soon as the disk takes it; `write` is called until it does not throw. */
    keep(write: () => void): void {
      waitingFacts.push(write);
      if (waitingFacts.length > mostIncidents) waitingFacts.shift();
      flush();
    },
    /** Tries again to write what waits; true when nothing waits any more. */
    flush,
    record(incident: Incident): void {
      waitingIncidents.push(incident);
      if (waitingIncidents.length > mostIncidents) waitingIncidents.shift();
      flush();
    },
    state: (): JournalState => ({ waiting: waiting.length, lost, error }),
  };
}

export type Journal = ReturnType<typeof openJournal>;

/** The row itself is wrong, and always will be: it must not hold up all that come after it. */
function isRefusal(failure: unknown): boolean {
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  return code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_TOOBIG';
}
