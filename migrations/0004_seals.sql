-- Evidence that was sealed can be proven unaltered: each finished day's results are chained by hash.
CREATE TABLE seal (
  day TEXT PRIMARY KEY,               -- YYYY-MM-DD, UTC
  first_id INTEGER NOT NULL,          -- of result; every id in between is part of the seal
  last_id INTEGER NOT NULL,
  previous TEXT NOT NULL,             -- hash of the seal before; 64 zeros for the first
  hash TEXT NOT NULL,                 -- SHA-256, hexadecimal
  sealed_at INTEGER NOT NULL          -- wall ms
) STRICT, WITHOUT ROWID;

-- The first 8 bytes of each sealed result's own hash: they name the row that was altered.
CREATE TABLE result_fingerprint (
  result_id INTEGER PRIMARY KEY,
  fingerprint BLOB NOT NULL
) STRICT;

CREATE TRIGGER result_is_never_edited BEFORE UPDATE ON result
BEGIN SELECT RAISE(ABORT, 'results are facts: written once, never edited'); END;
CREATE TRIGGER result_is_never_removed BEFORE DELETE ON result
BEGIN SELECT RAISE(ABORT, 'results are facts: written once, never removed'); END;
CREATE TRIGGER seal_is_never_edited BEFORE UPDATE ON seal
BEGIN SELECT RAISE(ABORT, 'a seal is never edited'); END;
CREATE TRIGGER seal_is_never_removed BEFORE DELETE ON seal
BEGIN SELECT RAISE(ABORT, 'a seal is never removed'); END;
