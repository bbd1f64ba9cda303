-- Evidence: written once, never edited.
CREATE TABLE result (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  protocol TEXT NOT NULL,
  depth TEXT NOT NULL,
  started_at INTEGER NOT NULL,        -- wall ms
  ended_at INTEGER NOT NULL,          -- wall ms
  monotonic_start INTEGER NOT NULL,   -- µs, comparable within one process
  monotonic_end INTEGER NOT NULL,
  phases TEXT NOT NULL,               -- JSON: [["dns", µs], …] in the order of the dialogue
  vouches TEXT,                       -- deepest depth proven at ended_at
  failed_phase TEXT,                  -- null on success, and with it all down to proven_to
  reason TEXT,
  failure_kind TEXT,
  code TEXT,
  message TEXT,
  proven_from INTEGER,
  proven_to INTEGER,
  address TEXT,
  tls_version TEXT,
  certificate_not_after INTEGER,
  transcript TEXT,                    -- kept for failures
  token TEXT,
  accepted_at INTEGER,
  looked_at INTEGER
) STRICT;
CREATE INDEX result_by_end ON result (tenant, ended_at);
CREATE INDEX result_by_success ON result (tenant, protocol, vouches, ended_at) WHERE vouches IS NOT NULL;

-- Every message sent by us.
CREATE TABLE message (
  token TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  sent_at INTEGER NOT NULL,           -- wall ms, start of the attempt that sent it
  accepted_at INTEGER,                -- wall ms of the 250; null: not known to be accepted
  removed_at INTEGER                  -- wall ms; null: still in the mailbox, for all we know
) STRICT, WITHOUT ROWID;
CREATE INDEX message_by_tenant ON message (tenant, sent_at);

CREATE TABLE sighting (
  token TEXT NOT NULL REFERENCES message (token),
  protocol TEXT NOT NULL,
  last_not_seen INTEGER,              -- arrival lies in (last_not_seen, first_seen]
  first_seen INTEGER NOT NULL,
  PRIMARY KEY (token, protocol)
) STRICT, WITHOUT ROWID;

-- What befell the daemon itself: [from, to) cannot be judged for clock steps and pauses.
CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,                 -- start, stop, clock-step, pause
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX incident_by_end ON incident (to_at);

-- The ledger: derived from the evidence, one state for every closed minute.
CREATE TABLE minute (
  tenant TEXT NOT NULL,
  contract TEXT NOT NULL,
  minute INTEGER NOT NULL,            -- wall ms of its start
  state TEXT NOT NULL,
  PRIMARY KEY (tenant, contract, minute)
) STRICT, WITHOUT ROWID;

-- Its sums, kept in the same transaction, so that a screen never scans a year.
CREATE TABLE minute_count (
  tenant TEXT NOT NULL,
  contract TEXT NOT NULL,
  month TEXT NOT NULL,                -- YYYY-MM in the tenant's zone
  state TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  PRIMARY KEY (tenant, contract, month, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE failure_run (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  contract TEXT NOT NULL,
  protocol TEXT NOT NULL,
  depth TEXT NOT NULL,
  certain TEXT NOT NULL,              -- JSON: [[from, to], …] wall ms
  possible_from INTEGER NOT NULL,
  possible_to INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  attribution TEXT NOT NULL,
  phase TEXT NOT NULL,
  reason TEXT NOT NULL,
  code TEXT
) STRICT;
CREATE INDEX failure_run_by_end ON failure_run (tenant, contract, possible_to);

CREATE TABLE ledger_progress (
  tenant TEXT NOT NULL,
  contract TEXT NOT NULL,
  closed_from INTEGER NOT NULL,       -- start of the first minute of the ledger
  closed_until INTEGER NOT NULL,      -- minutes before this are final
  PRIMARY KEY (tenant, contract)
) STRICT, WITHOUT ROWID;
