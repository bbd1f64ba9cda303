-- Looks at the control targets: evidence, written once, never edited.
CREATE TABLE control_result (
  id INTEGER PRIMARY KEY,
  round INTEGER NOT NULL,             -- counts the rounds; every target once in each
  target TEXT NOT NULL,               -- host:port as configured at that time
  started_at INTEGER NOT NULL,        -- wall ms
  ended_at INTEGER NOT NULL,
  monotonic_start INTEGER NOT NULL,   -- µs, comparable within one process
  monotonic_end INTEGER NOT NULL,
  ok INTEGER NOT NULL,                -- 1: anything came back, a refusal included
  reason TEXT,                        -- why it did not connect
  address TEXT,
  connect_microseconds INTEGER        -- from the first request to connect to its answer
) STRICT;
CREATE INDEX control_result_by_end ON control_result (ended_at);
CREATE INDEX control_result_by_round ON control_result (round);

-- MX, NS and SPF of the tenants' mail domains: one row for the first set of each, and one for every change.
CREATE TABLE domain_record (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  domain TEXT NOT NULL,
  type TEXT NOT NULL,                 -- mx, ns, spf
  unchanged_at INTEGER,               -- wall ms of the last look that still found the previous set
  seen_at INTEGER NOT NULL,           -- wall ms of the look that found this one
  before TEXT,                        -- JSON array, the previous set; null for the first
  after TEXT NOT NULL                 -- JSON array, canonical and sorted; empty: answered that there is none
) STRICT;
CREATE INDEX domain_record_by_time ON domain_record (tenant, seen_at);
CREATE INDEX domain_record_by_type ON domain_record (tenant, domain, type, id);

-- When each was last answered for, changed or not: progress, no evidence.
CREATE TABLE domain_look (
  tenant TEXT NOT NULL,
  domain TEXT NOT NULL,
  type TEXT NOT NULL,
  answered_at INTEGER NOT NULL,       -- wall ms
  PRIMARY KEY (tenant, domain, type)
) STRICT, WITHOUT ROWID;
