-- The ledger can be judged anew; what stood before stays on record.
CREATE INDEX result_by_failure ON result (tenant, ended_at) WHERE reason IS NOT NULL;

-- The state of each minute had there been no exclusions: the figure is shown with and without.
ALTER TABLE minute ADD COLUMN bare TEXT NOT NULL DEFAULT 'available';
UPDATE minute SET bare = state;

CREATE TABLE bare_minute_count (
  tenant TEXT NOT NULL,
  contract TEXT NOT NULL,
  month TEXT NOT NULL,
  state TEXT NOT NULL,
  minutes INTEGER NOT NULL,
  PRIMARY KEY (tenant, contract, month, state)
) STRICT, WITHOUT ROWID;
INSERT INTO bare_minute_count SELECT * FROM minute_count;

-- Why and when a part of the ledger was judged anew.
CREATE TABLE ledger_revision (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  contract TEXT NOT NULL,
  revised_at INTEGER NOT NULL,        -- wall ms
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  cause TEXT NOT NULL,
  changed INTEGER NOT NULL            -- minutes that have another state now
) STRICT;

-- What a minute's state was until a revision.
CREATE TABLE minute_before (
  revision INTEGER NOT NULL REFERENCES ledger_revision (id),
  minute INTEGER NOT NULL,
  state TEXT NOT NULL,
  bare TEXT NOT NULL,
  PRIMARY KEY (revision, minute)
) STRICT, WITHOUT ROWID;

-- What the evidence says by itself; `attribution` may be somebody's word.
ALTER TABLE failure_run ADD COLUMN evident_attribution TEXT NOT NULL DEFAULT 'provider';
UPDATE failure_run SET evident_attribution = attribution;

-- Null: valid. Else the revision that found the run otherwise.
ALTER TABLE failure_run ADD COLUMN superseded_by INTEGER REFERENCES ledger_revision (id);

-- What the ledger was judged by; another hash means other terms: everything is judged anew.
ALTER TABLE ledger_progress ADD COLUMN terms TEXT NOT NULL DEFAULT '';
