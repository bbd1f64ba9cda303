-- Several mailboxes a tenant: what is known is known of one of them.
ALTER TABLE result ADD COLUMN mailbox TEXT;      -- its address; null: from before it was written down
ALTER TABLE message ADD COLUMN mailbox TEXT;     -- that it was sent to; null as above
ALTER TABLE failure_run ADD COLUMN mailbox TEXT; -- null: the tenant had only one

CREATE INDEX result_by_mailbox ON result (tenant, mailbox, protocol, vouches, ended_at)
  WHERE vouches IS NOT NULL AND mailbox IS NOT NULL;

-- Which mailboxes a tenant had, from when on: the past is judged by those of its time. A tenant that
-- never had more than one has no row here.
CREATE TABLE tenant_mailboxes (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  since INTEGER NOT NULL,             -- wall ms; it holds until the tenant's next row
  mailboxes TEXT NOT NULL             -- JSON array of addresses, in the order of the configuration
) STRICT;
CREATE INDEX tenant_mailboxes_by_tenant ON tenant_mailboxes (tenant, id);
CREATE TRIGGER tenant_mailboxes_keeps BEFORE UPDATE ON tenant_mailboxes
BEGIN SELECT RAISE(ABORT, 'which mailboxes there were is never edited'); END;
CREATE TRIGGER tenant_mailboxes_stays BEFORE DELETE ON tenant_mailboxes
BEGIN SELECT RAISE(ABORT, 'which mailboxes there were is never removed'); END;
CREATE TRIGGER message_keeps_its_mailbox BEFORE UPDATE OF mailbox ON message
WHEN NEW.mailbox IS NOT OLD.mailbox
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
