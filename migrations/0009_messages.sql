-- The life of every message: evidence of what became of it, and its one fate, derived from that.

ALTER TABLE message ADD COLUMN route TEXT NOT NULL DEFAULT 'loop';  -- loop, outbound, inbound
ALTER TABLE message ADD COLUMN sender TEXT;        -- address; null: the tenant's own mailbox
ALTER TABLE message ADD COLUMN recipient TEXT;     -- address; null: the tenant's own mailbox
ALTER TABLE message ADD COLUMN refused_at INTEGER; -- wall ms of an answer that refused it; null: none

ALTER TABLE sighting ADD COLUMN folder TEXT NOT NULL DEFAULT 'inbox';  -- inbox, junk

-- A complete look that left messages unseen: of those accepted from accepted_since on, every one that
-- has no sighting by this reader before looked_at was surely not in the folder at looked_at.
CREATE TABLE look (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  mailbox TEXT,                       -- its address; null: of a tenant with only one
  reader TEXT NOT NULL,               -- imap, pop, webmail, sink
  folder TEXT NOT NULL,               -- inbox, junk
  looked_at INTEGER NOT NULL,         -- wall ms
  accepted_since INTEGER NOT NULL     -- wall ms
) STRICT;
CREATE INDEX look_by_time ON look (tenant, reader, folder, looked_at);

-- Delivery reports (RFC 3464) about messages of ours: one row a recipient field group.
CREATE TABLE delivery_report (
  id INTEGER PRIMARY KEY,
  token TEXT NOT NULL REFERENCES message (token),
  action TEXT NOT NULL,               -- failed, delayed, delivered, relayed, expanded
  class TEXT,                         -- hard, policy, full, soft, other; null unless it failed
  status TEXT NOT NULL,               -- RFC 3463, as reported; '' where there was none
  seen_at INTEGER NOT NULL,           -- wall ms at which the report was seen
  UNIQUE (token, action, status)
) STRICT;
CREATE INDEX delivery_report_by_time ON delivery_report (seen_at);

-- More than one copy of a message, or one that came back after it was removed.
CREATE TABLE message_copy (
  id INTEGER PRIMARY KEY,
  token TEXT NOT NULL REFERENCES message (token),
  folder TEXT NOT NULL,
  copies INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,           -- wall ms
  UNIQUE (token, folder)
) STRICT;

-- Derived, and to be derived again at any time: one row and one fate for every message.
CREATE TABLE message_fate (
  token TEXT PRIMARY KEY REFERENCES message (token),
  tenant TEXT NOT NULL,
  route TEXT NOT NULL,
  sent_at INTEGER NOT NULL,           -- wall ms
  fate TEXT NOT NULL,
  due_at INTEGER                      -- wall ms at which to derive it again; null: only new evidence can change it
) STRICT, WITHOUT ROWID;
CREATE INDEX message_fate_by_time ON message_fate (tenant, sent_at, route, fate);
CREATE INDEX message_fate_due ON message_fate (tenant, due_at) WHERE due_at IS NOT NULL;

INSERT INTO message_fate SELECT token, tenant, route, sent_at, 'pending', 0 FROM message;

CREATE TRIGGER message_has_fate AFTER INSERT ON message
BEGIN INSERT INTO message_fate VALUES (NEW.token, NEW.tenant, NEW.route, NEW.sent_at, 'pending', 0); END;
CREATE TRIGGER message_changes_fate AFTER UPDATE OF accepted_at, refused_at ON message
BEGIN UPDATE message_fate SET due_at = 0 WHERE token = NEW.token; END;
CREATE TRIGGER sighting_changes_fate AFTER INSERT ON sighting
BEGIN UPDATE message_fate SET due_at = 0 WHERE token = NEW.token; END;
CREATE TRIGGER report_changes_fate AFTER INSERT ON delivery_report
BEGIN UPDATE message_fate SET due_at = 0 WHERE token = NEW.token; END;
CREATE TRIGGER copy_changes_fate AFTER INSERT ON message_copy
BEGIN UPDATE message_fate SET due_at = 0 WHERE token = NEW.token; END;

-- Evidence is added, never edited or removed.
CREATE TRIGGER look_keeps BEFORE UPDATE ON look
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER look_stays BEFORE DELETE ON look
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER delivery_report_keeps BEFORE UPDATE ON delivery_report
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER delivery_report_stays BEFORE DELETE ON delivery_report
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER message_copy_keeps BEFORE UPDATE ON message_copy
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER message_copy_stays BEFORE DELETE ON message_copy
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
