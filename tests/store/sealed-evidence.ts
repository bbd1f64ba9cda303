import type { ProbeResult } from '../../src/domain/result.ts';
import { controlStore } from '../../src/store/controls.ts';
import { dnsStore } from '../../src/store/dns.ts';
import { exclusionStore } from '../../src/store/exclusions.ts';
import { openJournal } from '../../src/store/journal.ts';
import { mailboxStore } from '../../src/store/mailboxes.ts';
import type { Connection } from '../../src/store/open.ts';
import { pushStore } from '../../src/store/push.ts';
import { reattributionStore } from '../../src/store/reattributions.ts';
import { recordStore } from '../../src/store/records.ts';
import { sealFinishedDays } from '../../src/store/seal.ts';

export const dayLength = 86_400_000;
/** The first of the three days. */
export const start = Date.parse('2026-10-01T00:00:00Z');

export function resultAt(endedAt: number, more: Partial<ProbeResult> = {}): ProbeResult {
  return {
    tenant: 'acme',
    protocol: 'imap',
    depth: 'connect',
    startedAt: endedAt - 100,
    endedAt,
    monotonicStart: 0,
    monotonicEnd: 100_000,
    phases: [{ phase: 'tcp', microseconds: 100_000 }],
    vouches: 'connect',
    failure: null,
    address: '127.0.0.2:993',
    tlsVersion: 'TLSv1.3',
    certificateNotAfter: null,
    transcript: '',
    token: null,
    acceptedAt: null,
    sightings: [],
    lookedAt: null,
    ...more,
  };
}

/** Writes rows of every kind of evidence on each of three days, through the store. */
export function writeEvidence(connection: Connection, resultsADay: number): void {
  const journal = openJournal(connection, () => {});
  connection.transaction(() => {
    for (let n = 0; n < 3 * resultsADay; n++) {
      const at = start + Math.floor((n / resultsADay) * dayLength);
      journal.append(resultAt(at, messageOf(n, at, n % resultsADay)));
    }
  })();
  for (let day = 0; day < 3; day++)
    writeBeside(connection, day, start + day * dayLength + 3_600_000);
}

/** On each day the first result sends a message, and the second sees it, a report of it and a copy. */
function messageOf(n: number, at: number, ofDay: number): Partial<ProbeResult> {
  if (ofDay === 0) return { protocol: 'smtp', startedAt: at, token: `token-${n}`, acceptedAt: at };
  if (ofDay !== 1) return {};
  const token = `token-${n - 1}`;
  return {
    sightings: [{ token, lastNotSeen: at - 5_000, firstSeen: at }],
    looks: [{ folder: 'inbox', lookedAt: at, acceptedSince: at - 5_000 }],
    reports: [{ token, action: 'delayed', class: null, status: '4.4.1', seenAt: at }],
    copies: [{ token, folder: 'inbox', copies: 2, seenAt: at }],
    traces: [{ token, stamps: [{ host: 'mx', at, submission: true }], seenAt: at }],
  };
}

function writeBeside(connection: Connection, day: number, at: number): void {
  const journal = openJournal(connection, () => {});
  mailboxStore(connection).begin('acme', ['a@acme.example', `${day}@acme.example`], at);
  journal.record({ kind: 'pause', from: at, to: at + 1_000, detail: 'asleep' });
  controlStore(connection).record(
    ['one.example:443', 'two.example:993'].map((target) => ({
      target,
      startedAt: at,
      endedAt: at + 20,
      monotonicStart: 0,
      monotonicEnd: 20_000,
      ok: true,
      reason: null,
      address: '192.0.2.1',
      connectMicroseconds: 20_000,
    })),
  );
  dnsStore(connection).record('acme', {
    domain: 'acme.example',
    at,
    records: { mx: [`10 mx${day}.example`], ns: null, spf: null },
  });
  pushStore(connection).begun('acme', `push-${day}`, 'a@acme.example', at);
  const by = { author: 'Li Wei', enteredAt: at, note: 'as announced', evidence: 'notice 17' };
  const exclusions = exclusionStore(connection);
  const open = {
    kind: 'maintenance',
    from: at,
    to: null,
    notifiedAt: at,
    approvedBy: null,
  } as const;
  const exclusion = exclusions.add({ ...by, tenant: 'acme', ...open, source: 'mail' });
  exclusions.end(exclusion, at + 60_000, by);
  reattributionStore(connection).add({
    ...by,
    tenant: 'acme',
    protocol: 'imap',
    instant: at,
    attribution: 'customer',
  });
  const ticket = { kind: 'ticket', number: `T-${day}`, subject: 'no mail' } as const;
  const detail = { ...ticket, category: 'send-receive', channel: 'ticket' } as const;
  recordStore(connection).add({ ...by, tenant: 'acme', clause: 'T5.3', detail }, [
    { kind: 'sent', at },
  ]);
}

/** Seals what is over at `now`. */
export function sealAll(connection: Connection, now = start + 4 * dayLength) {
  return sealFinishedDays(connection, now, async () => {});
}

/** Somebody with the database in hand and no respect for triggers. */
export function tamper(connection: Connection, sql: string): void {
  connection.pragma('foreign_keys = OFF');
  const dropped = connection
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    .all() as { name: string; sql: string }[];
  for (const { name } of dropped) connection.exec(`DROP TRIGGER ${name}`);
  connection.exec(sql);
  for (const trigger of dropped) connection.exec(trigger.sql);
}
