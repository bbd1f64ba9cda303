import type { Connection } from './open.ts';
import { beforeAll, paged, type Row, type Seal, slice } from './sealed-tables.ts';
import { type Print, verifyRows } from './verify-rows.ts';

/** What version 1 sealed of a result, in the order of hashing. */
const columns = [
  ...['id', 'tenant', 'protocol', 'depth', 'started_at', 'ended_at', 'monotonic_start'],
  ...['monotonic_end', 'phases', 'vouches', 'failed_phase', 'reason', 'failure_kind', 'code'],
  ...['message', 'proven_from', 'proven_to', 'address', 'tls_version', 'certificate_not_after'],
  ...['transcript', 'token', 'accepted_at', 'looked_at'],
];

/** Verifies the days that were sealed before the chain covered more than the results. */
export function firstVersionVerifier(connection: Connection) {
  const rows = connection
    .prepare(
      `SELECT ${columns.join(', ')} FROM result WHERE id > ? AND id <= ? ORDER BY id LIMIT ${slice}`,
    )
    .raw();
  const prints = connection.prepare(`
    SELECT result_id AS id, fingerprint FROM result_fingerprint
    WHERE result_id > ? AND result_id <= ? ORDER BY result_id LIMIT ${slice}`);

  function* printsOf({ first_id, last_id }: Seal): Iterator<Print> {
    const page = (after: number) => prints.all(after, last_id) as Print[];
    for (const found of paged(page, first_id - 1, ({ id }) => id)) yield* found;
  }

  /**
   * @param isFirst nothing was sealed before: what has a lower number was added since
   * @returns how many of the results are there
   */
  return function verify(
    seal: Seal,
    isFirst: boolean,
    tell: (row: number | null, what: string) => void,
  ): number {
    const start = isFirst ? beforeAll : seal.first_id - 1;
    const page = (after: number) => rows.all(after, seal.last_id) as Row[];
    return verifyRows({
      columns,
      rows: paged(page, start, (row) => Number(row[0])),
      prints: printsOf(seal),
      heading: `${seal.previous}\n${seal.day}\n`,
      hash: seal.hash,
      wordsOf: () => '',
      tell,
    });
  };
}
