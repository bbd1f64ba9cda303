-- Most of the time nothing is wrong: what could make a minute other than available is found by index.
-- A success or failure during which the wall clock stepped by more than 500 ms (as evidence.ts has it).
CREATE INDEX result_by_clock_step ON result (tenant, ended_at)
  WHERE abs(ended_at - started_at - (monotonic_end - monotonic_start + 500) / 1000) > 500;

-- What is still in the mailbox: the messages that are awaited are among these few.
CREATE INDEX message_left ON message (tenant, sent_at) WHERE removed_at IS NULL;
