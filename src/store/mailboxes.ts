import type { MailboxEra } from '../domain/mailboxes.ts';
import type { Connection } from './open.ts';

/** Which mailboxes a tenant had, from when on. */
export function mailboxStore(connection: Connection) {
  const list = connection.prepare(
    'SELECT since, mailboxes FROM tenant_mailboxes WHERE tenant = ? ORDER BY id',
  );
  const insert = connection.prepare(
    'INSERT INTO tenant_mailboxes (tenant, since, mailboxes) VALUES (?, ?, ?)',
  );

  /** In the order of time; empty for a tenant that never had more than one. */
  function eras(tenant: string): MailboxEra[] {
    const rows = list.all(tenant) as { since: number; mailboxes: string }[];
    return rows.map(({ since, mailboxes }) => ({ since, mailboxes: JSON.parse(mailboxes) }));
  }

  /** Writes down the addresses that are probed from `now` on (wall ms), where that is news. */
  function begin(tenant: string, addresses: readonly string[], now: number): void {
    const last = eras(tenant).at(-1);
    const same =
      last === undefined
        ? addresses.length === 1
        : JSON.stringify(last.mailboxes) === JSON.stringify(addresses);
    // A clock that was set back must not put one before the other.
    if (!same) insert.run(tenant, Math.max(now, last?.since ?? now), JSON.stringify(addresses));
  }

  return { eras, begin: connection.transaction(begin) };
}
