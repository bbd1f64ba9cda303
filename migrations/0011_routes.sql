-- Messages of the routes beside the loop.

-- Why it was refused, where an answer said so: hard, policy, full, soft, other; null: not refused, or
-- one of the loop, whose refusals are failures of the protocol and stand in result.
ALTER TABLE message ADD COLUMN refusal TEXT;

-- What a message's `Received` fields say of its way (RFC 5321 §4.4), read once.
CREATE TABLE message_trace (
  id INTEGER PRIMARY KEY,
  token TEXT NOT NULL UNIQUE REFERENCES message (token),
  stamps TEXT NOT NULL,               -- JSON, the first hop first: [[host, wall ms by its own clock, 1 if by a submission], ...]
  seen_at INTEGER NOT NULL            -- wall ms at which they were read
) STRICT;
CREATE INDEX message_trace_by_time ON message_trace (seen_at);

CREATE TRIGGER message_trace_keeps BEFORE UPDATE ON message_trace
BEGIN SELECT RAISE(ABORT, 'evidence is never edited'); END;
CREATE TRIGGER message_trace_stays BEFORE DELETE ON message_trace
BEGIN SELECT RAISE(ABORT, 'evidence is never removed'); END;
