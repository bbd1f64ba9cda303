-- Messages of the routes beside the loop.

-- Why it was refused, where an answer said so: hard, policy, full, soft, other; null: not refused, or
-- one of the loop, whose refusals are failures of the protocol and stand in result.
ALTER TABLE message ADD COLUMN refusal TEXT;
