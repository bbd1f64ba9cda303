import {
  type DomainChange,
  type DomainRecords,
  isSame,
  type RecordSet,
  type RecordType,
  recordTypes,
} from '../domain/dns.ts';
import type { Interval } from '../domain/interval.ts';
import type { Connection } from './open.ts';

/** The records in force, and since when they were seen. */
export interface RecordsInForce {
  readonly domain: string;
  readonly type: RecordType;
  readonly records: RecordSet;
  /** Wall ms of the look that saw them first. */
  readonly since: number;
  /** Wall ms of the last look that was answered. */
  readonly answeredAt: number;
}

interface ChangeRow extends Omit<DomainChange, 'before' | 'after'> {
  readonly before: string;
  readonly after: string;
}

const changeColumns = `domain, type, unchanged_at AS unchangedAt, seen_at AS at, before, after`;

/** MX, NS and SPF of the tenants' mail domains: the first set of each, and every change. */
export function dnsStore(connection: Connection) {
  const last = connection.prepare(
    'SELECT after FROM domain_record WHERE tenant = ? AND domain = ? AND type = ? ORDER BY id DESC LIMIT 1',
  );
  const lastLook = connection.prepare(
    'SELECT answered_at AS at FROM domain_look WHERE tenant = ? AND domain = ? AND type = ?',
  );
  const insert = connection.prepare(`
    INSERT INTO domain_record (tenant, domain, type, unchanged_at, seen_at, before, after)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const looked = connection.prepare(`
    INSERT INTO domain_look (tenant, domain, type, answered_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (tenant, domain, type) DO UPDATE SET answered_at = excluded.answered_at`);
  const changes = connection.prepare(`
    SELECT ${changeColumns} FROM domain_record
    WHERE tenant = ? AND before IS NOT NULL AND seen_at >= ? AND seen_at < ? ORDER BY seen_at, id`);
  // The first set of a domain that was watched later ends what the domain before it left behind.
  const lastBefore = connection.prepare(`
    SELECT ${changeColumns} FROM domain_record WHERE tenant = ? AND type = ? AND seen_at < ?
    ORDER BY seen_at DESC, id DESC LIMIT 1`);
  const inForce = connection.prepare(`
    SELECT domain, type, after AS records, seen_at AS since, answered_at AS answeredAt
    FROM domain_record JOIN domain_look USING (tenant, domain, type)
    WHERE tenant = ? AND domain_record.id IN
      (SELECT max(id) FROM domain_record WHERE tenant = ? GROUP BY domain, type)
    ORDER BY domain, type`);

  function changeOf(row: unknown): DomainChange {
    const { before, after, ...plain } = row as ChangeRow;
    return { ...plain, before: JSON.parse(before), after: JSON.parse(after) };
  }

  const record = connection.transaction((tenant: string, look: DomainRecords): DomainChange[] => {
    const { domain, at } = look;
    return recordTypes.flatMap((type) => {
      const found = look.records[type];
      if (found === null) return [];
      const key = [tenant, domain, type] as const;
      const row = last.get(...key) as { after: string } | undefined;
      const before = row === undefined ? null : (JSON.parse(row.after) as RecordSet);
      const unchangedAt = (lastLook.get(...key) as { at: number } | undefined)?.at ?? null;
      looked.run(...key, at);
      if (before !== null && isSame(before, found)) return [];
      const written = before === null ? null : JSON.stringify(before);
      insert.run(...key, unchangedAt, at, written, JSON.stringify(found));
      if (before === null) return [];
      return [{ domain, type, unchangedAt: unchangedAt ?? at, at, before, after: found }];
    });
  });

  return {
    /** Keeps what is new in a look; gives the changes. The first look at a domain is kept, and no change. */
    record: (tenant: string, look: DomainRecords): readonly DomainChange[] => record(tenant, look),
    /** Changes seen in `within`, in the order of time: for the report. */
    domainChanges: (tenant: string, within: Interval): DomainChange[] =>
      changes.all(tenant, within.from, within.to).map(changeOf),
    /** The same, and before them the last change of each type, which may still be in force: for the judge. */
    changesBearingOn(tenant: string, within: Interval): DomainChange[] {
      const before = recordTypes
        .flatMap((type) => lastBefore.all(tenant, type, within.from) as { before: string | null }[])
        .filter(({ before }) => before !== null)
        .map(changeOf)
        .sort((a, b) => a.at - b.at);
      return [...before, ...changes.all(tenant, within.from, within.to).map(changeOf)];
    },
    /** What was last answered, for every domain and type that was ever looked at. */
    inForce: (tenant: string): RecordsInForce[] =>
      inForce.all(tenant, tenant).map((row) => {
        const { records, ...plain } = row as Omit<RecordsInForce, 'records'> & { records: string };
        return { ...plain, records: JSON.parse(records) as RecordSet };
      }),
  };
}
