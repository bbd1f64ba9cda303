import type { Connection } from './open.ts';

/** A stored result with all that is known of it, its columns by name. */
export interface ResultRow {
  readonly id: number;
  readonly tenant: string;
  readonly protocol: string;
  readonly depth: string;
  /** Wall ms, as all instants here. */
  readonly started_at: number;
  readonly ended_at: number;
  /** Microseconds, comparable within one process. */
  readonly monotonic_start: number;
  readonly monotonic_end: number;
  /** JSON: `[["dns", µs], …]` */
  readonly phases: string;
  readonly vouches: string | null;
  readonly failed_phase: string | null;
  readonly reason: string | null;
  readonly failure_kind: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly proven_from: number | null;
  readonly proven_to: number | null;
  readonly address: string | null;
  readonly tls_version: string | null;
  readonly certificate_not_after: number | null;
  readonly transcript: string | null;
  readonly token: string | null;
  readonly accepted_at: number | null;
  readonly looked_at: number | null;
  /** The day (UTC) by which it was sealed; null while it is not. */
  readonly sealed: string | null;
}

/** Which results are meant; null: any. */
export interface ResultFilter {
  /** Ids, both included. */
  readonly ids: { readonly first: number; readonly last: number } | null;
  /** Attempts that touch this time, wall ms; needs a tenant. */
  readonly within: { readonly from: number; readonly to: number } | null;
  readonly tenant: string | null;
  readonly protocol: string | null;
  readonly failedOnly: boolean;
}

/** An attempt ends at most this long after it began, ms: lets a query use the index. */
const longestAttempt = 60 * 60_000;

/** Results as they were stored, in the order of storing; at most `most`. Reads only. */
export function resultRows(
  connection: Connection,
  filter: ResultFilter,
  most: number,
): readonly ResultRow[] {
  const { ids, within, tenant, protocol, failedOnly } = filter;
  const conditions = [
    ...(ids === null ? [] : ['result.id >= @first AND result.id <= @last']),
    ...(within === null
      ? []
      : [`ended_at >= @from AND ended_at < @to + ${longestAttempt} AND started_at < @to`]),
    ...(tenant === null ? [] : ['tenant = @tenant']),
    ...(protocol === null ? [] : ['protocol = @protocol']),
    ...(failedOnly ? ['reason IS NOT NULL'] : []),
  ];
  return connection
    .prepare(`
      SELECT result.*, coalesce(
        (SELECT day FROM seal_part WHERE name = 'result' AND after_id < result.id AND result.id <= seal_part.last_id),
        (SELECT day FROM seal WHERE version = 1 AND first_id <= result.id AND result.id <= seal.last_id)
      ) AS sealed
      FROM result WHERE ${['true', ...conditions].join(' AND ')} ORDER BY result.id LIMIT @most`)
    .all({ ...ids, ...within, tenant, protocol, most }) as ResultRow[];
}
