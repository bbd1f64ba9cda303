-- The chain of seals covers every table of evidence and of entries, no longer the results alone.

-- Messages and sightings have no number of their own. They are numbered as they are written, so that each
-- is sealed exactly once, however late it comes.
CREATE TABLE message_row (
  id INTEGER PRIMARY KEY,
  token TEXT NOT NULL,
  protocol TEXT,                      -- of the sighting; null: the message itself
  at INTEGER NOT NULL                 -- wall ms: sent, or first seen
) STRICT;
INSERT INTO message_row (token, at) SELECT token, sent_at FROM message ORDER BY sent_at, token;
INSERT INTO message_row (token, protocol, at)
  SELECT token, protocol, first_seen FROM sighting ORDER BY first_seen, token, protocol;
CREATE TRIGGER message_is_numbered AFTER INSERT ON message
BEGIN INSERT INTO message_row (token, at) VALUES (NEW.token, NEW.sent_at); END;
CREATE TRIGGER sighting_is_numbered AFTER INSERT ON sighting
BEGIN INSERT INTO message_row (token, protocol, at) VALUES (NEW.token, NEW.protocol, NEW.first_seen); END;

-- 1: over the day's results. 2: over the hashes of the seal's parts, one part a table.
ALTER TABLE seal ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE TABLE seal_part (
  id INTEGER PRIMARY KEY,
  day TEXT NOT NULL REFERENCES seal (day),
  name TEXT NOT NULL,                 -- the table
  columns TEXT NOT NULL,              -- JSON array: what of a row is sealed, in the order of hashing
  after_id INTEGER NOT NULL,          -- every row with after_id < id <= last_id is part of the seal
  last_id INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  hash TEXT NOT NULL,                 -- SHA-256 of the rows, hexadecimal
  UNIQUE (day, name)
) STRICT;

-- The first 8 bytes of each sealed row's own hash: they name the row that was altered or removed.
CREATE TABLE sealed_row (
  part INTEGER NOT NULL,              -- seal_part, written after its rows
  id INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  PRIMARY KEY (part, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER control_result_is_never_edited BEFORE UPDATE ON control_result
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER control_result_is_never_removed BEFORE DELETE ON control_result
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER domain_record_is_never_edited BEFORE UPDATE ON domain_record
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER domain_record_is_never_removed BEFORE DELETE ON domain_record
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER incident_is_never_edited BEFORE UPDATE ON incident
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER incident_is_never_removed BEFORE DELETE ON incident
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER sighting_is_never_edited BEFORE UPDATE ON sighting
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER sighting_is_never_removed BEFORE DELETE ON sighting
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
-- When a message was cleared away is housekeeping; a 250 that was not known of may still become known.
CREATE TRIGGER message_is_never_edited BEFORE UPDATE ON message
WHEN NEW.token IS NOT OLD.token OR NEW.tenant IS NOT OLD.tenant OR NEW.sent_at IS NOT OLD.sent_at
  OR (OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS NOT OLD.accepted_at)
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER message_is_never_removed BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER message_row_is_never_edited BEFORE UPDATE ON message_row
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER message_row_is_never_removed BEFORE DELETE ON message_row
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
CREATE TRIGGER seal_part_is_never_edited BEFORE UPDATE ON seal_part
BEGIN SELECT RAISE(ABORT, 'a seal is never edited'); END;
CREATE TRIGGER seal_part_is_never_removed BEFORE DELETE ON seal_part
BEGIN SELECT RAISE(ABORT, 'a seal is never removed'); END;
CREATE TRIGGER sealed_row_is_never_edited BEFORE UPDATE ON sealed_row
BEGIN SELECT RAISE(ABORT, 'a seal is never edited'); END;
-- What an interrupted sealing left behind has no part yet, and is cleared away.
CREATE TRIGGER sealed_row_is_never_removed BEFORE DELETE ON sealed_row
WHEN EXISTS (SELECT 1 FROM seal_part WHERE id = OLD.part)
BEGIN SELECT RAISE(ABORT, 'a seal is never removed'); END;
