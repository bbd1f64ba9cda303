import type { Attribution, FailureRun } from '../domain/ledger.ts';
import type { Connection } from './open.ts';

/** A run as it stands in the ledger. */
export type RunRow = Omit<FailureRun, 'certain' | 'possible' | 'open' | 'confirmed' | 'mailbox'> & {
  id: number;
  certain: string;
  evident_attribution: Attribution;
  possible_from: number;
  possible_to: number;
  confirmed: number;
  mailbox: string | null;
};

/** Writes runs into the ledger. */
export function runWriter(
  connection: Connection,
): (tenant: string, contract: string, run: FailureRun) => void {
  const insert = connection.prepare(`
    INSERT INTO failure_run (tenant, contract, protocol, depth, certain, possible_from, possible_to,
      attempts, confirmed, attribution, evident_attribution, phase, reason, code, mailbox)
    VALUES (@tenant, @contract, @protocol, @depth, @certain, @possibleFrom, @possibleTo,
      @attempts, @confirmed, @attribution, @evidentAttribution, @phase, @reason, @code, @mailbox)`);
  return (tenant, contract, run) => void insert.run({ tenant, contract, ...columnsOf(run) });
}

function columnsOf(run: FailureRun) {
  const { protocol, depth, certain, possible, attempts, confirmed, attribution } = run;
  return {
    protocol,
    depth,
    certain: JSON.stringify(certain.map(({ from, to }) => [from, to])),
    possibleFrom: possible.from,
    possibleTo: possible.to,
    attempts,
    confirmed: confirmed ? 1 : 0,
    attribution,
    evidentAttribution: run.evidentAttribution ?? attribution,
    phase: run.phase,
    reason: run.reason,
    code: run.code,
    mailbox: run.mailbox ?? null,
  };
}

export function runOf(row: RunRow): FailureRun {
  const pieces = JSON.parse(row.certain) as [number, number][];
  return {
    ...(row.mailbox !== null && { mailbox: row.mailbox }),
    protocol: row.protocol,
    depth: row.depth,
    certain: pieces.map(([from, to]) => ({ from, to })),
    possible: { from: row.possible_from, to: row.possible_to },
    open: false,
    attempts: row.attempts,
    confirmed: row.confirmed === 1,
    attribution: row.attribution,
    evidentAttribution: row.evident_attribution,
    phase: row.phase,
    reason: row.reason,
    code: row.code,
  };
}

/** Two runs that say the same have the same key. */
export function keyOf(run: FailureRun): string {
  return JSON.stringify(columnsOf(run));
}
