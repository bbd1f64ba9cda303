-- Of several mailboxes, whose failure a person's word is about.
ALTER TABLE reattribution ADD COLUMN mailbox TEXT; -- its address; null: of whichever failed then
