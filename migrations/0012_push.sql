-- The account of a mail push: what was begun, and what of it never left. Its messages are of route
-- 'push' in message; there refusal may also be 'throttled'.
CREATE TABLE push_event (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('begun', 'not-sent', 'budget-used')),
  token TEXT,                         -- of the message; null: of a day whose budget is used up
  mailbox TEXT,                       -- begun: address of the tenant's mailbox that it is sent to
  reason TEXT,                        -- not-sent: why; null: we were told to stop
  at INTEGER NOT NULL,                -- wall ms
  UNIQUE (token, kind),
  CHECK ((kind = 'budget-used') = (token IS NULL)),
  CHECK ((kind = 'begun') = (mailbox IS NOT NULL))
) STRICT;
CREATE INDEX push_event_by_time ON push_event (tenant, kind, at);

CREATE TRIGGER push_event_keeps BEFORE UPDATE ON push_event
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER push_event_stays BEFORE DELETE ON push_event
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
