-- By which protocol a message was sent: smtp, or webmail by its own form.
ALTER TABLE message ADD COLUMN sent_by TEXT NOT NULL DEFAULT 'smtp';

-- How long the webmail took to open its page: sums over quarters of an hour, which every zone's month is
-- made of, so that a month costs the same however often a page was opened.
CREATE TABLE page_open (
  tenant TEXT NOT NULL,
  driver TEXT NOT NULL,               -- browser: to the load event; http: the page's own text only
  quarter INTEGER NOT NULL,           -- wall ms of its start
  count INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL,      -- all of them together
  longest INTEGER NOT NULL,           -- ms
  PRIMARY KEY (tenant, driver, quarter)
) STRICT, WITHOUT ROWID;
