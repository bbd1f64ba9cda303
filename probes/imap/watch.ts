import type { Quota } from '../../src/domain/result.ts';
import { readDeliveryReport, reportLimit } from '../delivery-report.ts';
import type { Attempt } from '../dialogue.ts';
import type { Memory } from '../probe.ts';
import { fetchText } from './fetch.ts';
import { findJunk, lookIntoJunk } from './junk.ts';
import type { Lookout } from './lookout.ts';
import type { Session } from './session.ts';
import type { Untagged } from './untagged.ts';

/** What the watch remembers of a mailbox, so that it does not read twice; losing it costs time only. */
export interface WatchMemory {
  /** Junk's name; null: there is none; undefined: not asked yet. */
  junk: string | null | undefined;
  /** UIDs of delivery reports that were read, with the token that each is about; null: not ours. */
  readonly reports: Map<number, string | null>;
  /** Wall ms of the last sweep. */
  sweptAt: number;
  /** The `UIDVALIDITY` to which these UIDs belong. */
  uidValidity: number | null;
}

const remembered = new WeakMap<Memory, WatchMemory>();
const reportsRemembered = 2000;

export function watchMemoryOf(memory: Memory): WatchMemory {
  const known = remembered.get(memory);
  if (known !== undefined) return known;
  const fresh: WatchMemory = {
    junk: undefined,
    reports: new Map(),
    uidValidity: null,
    sweptAt: -Infinity,
  };
  remembered.set(memory, fresh);
  return fresh;
}

/**
 * Looks into Junk before the inbox is opened. That it cannot be read is no failure: nobody promised
 * it. Phase `select`. @throws Fault when the connection ends
 */
export async function watchJunk(attempt: Attempt, session: Session): Promise<Lookout | null> {
  const memory = watchMemoryOf(attempt.memory);
  attempt.phase('select');
  try {
    if (memory.junk === undefined) memory.junk = await findJunk(session);
    if (memory.junk === null) return null;
    const lookout = await lookIntoJunk(attempt, session, memory.junk);
    // It may have another name by now.
    if (lookout === null) memory.junk = undefined;
    return lookout;
  } catch (error) {
    if (attempt.tap.alive && !attempt.signal.aborted) return null;
    throw error;
  } finally {
    attempt.phase('select');
  }
}

/**
 * Reads the delivery reports in the inbox that were not read before; nothing else of the messages of
 * others is read. Phase `fetch`. @throws Fault
 */
export async function readReports(
  attempt: Attempt,
  session: Session,
  inbox: { readonly uidValidity: number | null },
  lookout: Lookout,
): Promise<void> {
  const memory = watchMemoryOf(attempt.memory);
  const outdated = memory.uidValidity !== inbox.uidValidity || inbox.uidValidity === null;
  if (outdated || memory.reports.size > reportsRemembered) memory.reports.clear();
  memory.uidValidity = inbox.uidValidity;
  for (const uid of lookout.reports) {
    if (memory.reports.has(uid)) continue;
    attempt.phase('fetch');
    const bytes = await fetchText(session, uid, reportLimit);
    const { address } = attempt.tenant.mailbox;
    const report = bytes && (await readDeliveryReport(bytes, address, attempt.now()));
    memory.reports.set(uid, report?.token ?? null);
    if (report !== null) attempt.evidence.reports.push(report);
  }
}

/** GETQUOTAROOT (RFC 9208 §4.1.3), where it is offered. A refusal is no failure. @throws Fault */
export async function readQuota(attempt: Attempt, session: Session): Promise<void> {
  if (!session.offers('QUOTA')) return;
  const found: Quota[] = [];
  await session.ask('GETQUOTAROOT INBOX', {
    on: { QUOTA: (response) => found.push(...quotasIn(response)) },
  });
  attempt.evidence.quota = found.slice(0, 10);
}

/** `* QUOTA "root" (STORAGE 10 512 MESSAGE 20 100)`. */
function quotasIn({ values }: Untagged): Quota[] {
  const list = values[1];
  if (!Array.isArray(list)) return [];
  const quotas: Quota[] = [];
  for (let at = 0; at + 2 < list.length; at += 3) {
    const resource = String(list[at]).toLowerCase();
    const [used, limit] = [Number(list[at + 1]), Number(list[at + 2])];
    if (resource !== 'storage' && resource !== 'message') continue;
    if (Number.isSafeInteger(used) && Number.isSafeInteger(limit) && used >= 0 && limit > 0)
      quotas.push({ resource, used, limit });
  }
  return quotas;
}
