-- What people enter: exclusions, re-attributions, records of clauses. Nothing here is ever edited or
-- removed: an end, an event or a withdrawal is an entry of its own that refers to an earlier one.
-- Ids rise in the order of commit, so "everything after id N" is exactly what came later.
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('exclusion', 'exclusion-end', 'reattribution', 'record', 'record-event', 'withdrawal')),
  refers_to INTEGER REFERENCES entry (id),
  author TEXT NOT NULL CHECK (author <> ''),
  note TEXT,                          -- what for; of an end or a withdrawal: why
  evidence TEXT,                      -- reference to what proves it
  entered_at INTEGER NOT NULL,        -- wall ms
  CHECK ((kind IN ('exclusion-end', 'record-event', 'withdrawal')) = (refers_to IS NOT NULL))
) STRICT;
CREATE INDEX entry_by_tenant ON entry (tenant, kind, id);
CREATE INDEX entry_by_reference ON entry (refers_to) WHERE refers_to IS NOT NULL;

CREATE TABLE exclusion (
  id INTEGER PRIMARY KEY REFERENCES entry (id),
  cause TEXT NOT NULL,                -- maintenance, customer, force-majeure, attack, carrier, other
  from_at INTEGER NOT NULL,           -- wall ms, half-open
  to_at INTEGER,                      -- null: still open
  notified_at INTEGER,                -- when the provider told; null: it did not
  approved INTEGER NOT NULL CHECK (approved IN (0, 1)),
  approved_by TEXT,
  source TEXT,                        -- mail, ticket, URL, phone
  CHECK (to_at IS NULL OR to_at > from_at),
  CHECK ((approved = 1) = (approved_by IS NOT NULL))
) STRICT;

CREATE TABLE exclusion_end (
  id INTEGER PRIMARY KEY REFERENCES entry (id),
  to_at INTEGER NOT NULL              -- wall ms
) STRICT;

CREATE TABLE reattribution (
  id INTEGER PRIMARY KEY REFERENCES entry (id),
  protocol TEXT NOT NULL,
  instant INTEGER NOT NULL,           -- wall ms inside the run's possible interval
  attribution TEXT NOT NULL           -- provider, customer, local, throttled
) STRICT;

CREATE TABLE record (
  id INTEGER PRIMARY KEY REFERENCES entry (id),
  kind TEXT NOT NULL,                 -- ticket, fee, invoice, claim, notice, evidence, consent, …
  clause TEXT,                        -- id of the clause that it speaks of
  detail TEXT NOT NULL CHECK (json_valid(detail))
) STRICT;

CREATE TABLE record_event (
  id INTEGER PRIMARY KEY REFERENCES entry (id),
  kind TEXT NOT NULL,                 -- sent, acknowledged, started, resolved
  at INTEGER NOT NULL                 -- wall ms
) STRICT;

-- An INSERT OR REPLACE would delete without asking the triggers of DELETE, so it is refused as well.
CREATE TRIGGER entry_keeps BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never edited'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER entry_adds BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'entries are never replaced'); END;
CREATE TRIGGER exclusion_keeps BEFORE UPDATE ON exclusion
BEGIN SELECT RAISE(ABORT, 'entries are never edited'); END;
CREATE TRIGGER exclusion_stays BEFORE DELETE ON exclusion
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER exclusion_adds BEFORE INSERT ON exclusion WHEN EXISTS (SELECT 1 FROM exclusion WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'entries are never replaced'); END;
CREATE TRIGGER exclusion_end_keeps BEFORE UPDATE ON exclusion_end
BEGIN SELECT RAISE(ABORT, 'entries are never edited'); END;
CREATE TRIGGER exclusion_end_stays BEFORE DELETE ON exclusion_end
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER exclusion_end_adds BEFORE INSERT ON exclusion_end WHEN EXISTS (SELECT 1 FROM exclusion_end WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'entries are never replaced'); END;
CREATE TRIGGER reattribution_keeps BEFORE UPDATE ON reattribution
BEGIN SELECT RAISE(ABORT, 'entries are never edited'); END;
CREATE TRIGGER reattribution_stays BEFORE DELETE ON reattribution
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER reattribution_adds BEFORE INSERT ON reattribution WHEN EXISTS (SELECT 1 FROM reattribution WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'entries are never replaced'); END;
CREATE TRIGGER record_keeps BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'entries are never edited'); END;
CREATE TRIGGER record_stays BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER record_adds BEFORE INSERT ON record WHEN EXISTS (SELECT 1 FROM record WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'entries are never replaced'); END;
CREATE TRIGGER record_event_keeps BEFORE UPDATE ON record_event
BEGIN SELECT RAISE(ABORT, 'entries are never edited'); END;
CREATE TRIGGER record_event_stays BEFORE DELETE ON record_event
BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
CREATE TRIGGER record_event_adds BEFORE INSERT ON record_event WHEN EXISTS (SELECT 1 FROM record_event WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'entries are never replaced'); END;

-- What an entry refers to must be of the right kind, of the same tenant, and not withdrawn already.
CREATE TRIGGER entry_refers BEFORE INSERT ON entry
WHEN NEW.refers_to IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM entry AS earlier
  WHERE earlier.id = NEW.refers_to AND earlier.tenant = NEW.tenant
    AND CASE NEW.kind
      WHEN 'exclusion-end' THEN earlier.kind = 'exclusion'
      WHEN 'record-event' THEN earlier.kind = 'record'
      ELSE earlier.kind <> 'withdrawal'
    END
    AND NOT EXISTS (
      SELECT 1 FROM entry AS withdrawal
      WHERE withdrawal.refers_to = earlier.id AND withdrawal.kind = 'withdrawal'))
BEGIN SELECT RAISE(ABORT, 'refers to nothing that stands'); END;
