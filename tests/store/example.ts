import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FailureRun, MinuteState } from '../../src/domain/ledger.ts';
import type { Failure, ProbeResult } from '../../src/domain/result.ts';
import { openJournal } from '../../src/store/journal.ts';
import type { LedgerMinute } from '../../src/store/ledger.ts';
import { type Connection, openDatabase } from '../../src/store/open.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new database in a file, closed and gone after the test. */
export function newDatabase(context: TestContext): { path: string; connection: Connection } {
  const path = join(temporaryFolder(context), 'mailminute.db');
  const connection = openDatabase(path);
  context.after(() => connection.close());
  return { path, connection };
}

/** The same, but nothing waits for the disk: for tests that write much. */
export function fastDatabase(context: TestContext): { path: string; connection: Connection } {
  const database = newDatabase(context);
  database.connection.pragma('synchronous = OFF');
  return database;
}

/** A healthy round trip of IMAP at 1 000 s, with changes. */
export function resultOf(change: Partial<ProbeResult> = {}): ProbeResult {
  const endedAt = change.endedAt ?? 1_000_000;
  const startedAt = change.startedAt ?? endedAt - 100;
  return {
    tenant: 'acme',
    protocol: 'imap',
    depth: 'roundtrip',
    startedAt,
    endedAt,
    monotonicStart: startedAt * 1000,
    monotonicEnd: endedAt * 1000,
    phases: [
      { phase: 'tcp', microseconds: 400 },
      { phase: 'auth', microseconds: 99_600 },
    ],
    vouches: change.failure ? null : 'roundtrip',
    failure: null,
    address: '127.0.0.1:993',
    tlsVersion: 'TLSv1.3',
    certificateNotAfter: 2_000_000_000_000,
    transcript: '> a LOGIN\n< a OK',
    token: null,
    acceptedAt: null,
    sightings: [],
    lookedAt: null,
    ...change,
  };
}

/** A refusal at 1 000 s in phase tcp, with changes. */
export function failureOf(change: Partial<Failure> = {}): Failure {
  const provenTo = change.provenTo ?? 1_000_000;
  return {
    phase: 'tcp',
    reason: 'connection-refused',
    kind: 'refusal',
    code: 'ECONNREFUSED',
    message: 'connection refused',
    provenFrom: provenTo,
    provenTo,
    ...change,
  };
}

/** Writes results as the daemon does. */
export function write(connection: Connection, ...results: readonly ProbeResult[]): void {
  const journal = openJournal(connection, () => {});
  for (const result of results) journal.append(result);
  const { waiting, lost, error } = journal.state();
  if (waiting + lost > 0) throw new Error(`not written: ${error}`);
}

/** A run of IMAP at depth login, 70 s long, that has ended; with changes. */
export function runOf(change: Partial<FailureRun> = {}): FailureRun {
  return {
    protocol: 'imap',
    depth: 'login',
    certain: [
      { from: 60_000, to: 90_000 },
      { from: 100_000, to: 130_000 },
    ],
    possible: { from: 55_000, to: 135_500 },
    open: false,
    attempts: 9,
    confirmed: true,
    attribution: 'provider',
    evidentAttribution: 'provider',
    phase: 'auth',
    reason: 'temporary-error',
    code: '[UNAVAILABLE]',
    ...change,
  };
}

/** Minutes from `first` on, one state each. */
export function minutesOf(first: number, ...states: MinuteState[]): Map<number, LedgerMinute> {
  return new Map(states.map((state, index) => [first + index * 60_000, { state, bare: state }]));
}
