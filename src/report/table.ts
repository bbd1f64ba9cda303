/** The tables that a report can be written as, one a file. */
export const tableNames = ['minutes', 'outages', 'clauses', 'exclusions', 'push'] as const;
export type TableName = (typeof tableNames)[number];

/** Columns of all tables together. */
export const columnNames = [
  'tenant',
  'month',
  'minute',
  'state',
  'without_exclusions',
  'number',
  'protocol',
  'depth',
  'phase',
  'reason',
  'code',
  'certain_from',
  'certain_to',
  'certain_pieces',
  'certain_seconds',
  'possible_from',
  'possible_to',
  'possible_seconds',
  'open',
  'attempts',
  'confirmed',
  'attribution',
  'attribution_by_evidence',
  'attribution_changed',
  'counted_minutes',
  'first_result',
  'last_result',
  'failed_results',
  'mailbox',
  'clause',
  'class',
  'text',
  'reading',
  'value',
  'without_value',
  'id',
  'kind',
  'from',
  'to',
  'notified',
  'approved_by',
  'source',
  'evidence',
  'note',
  'author',
  'entered',
  'counted_seconds',
  'refused',
  'withdrawn',
  'item',
] as const;
export type Column = (typeof columnNames)[number];

/** A cell: numbers stay numbers, so that a spreadsheet can add them up; null is an empty cell. */
export type Cell = string | number | null;

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}
