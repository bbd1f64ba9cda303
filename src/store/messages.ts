import { awaitedMessages } from './awaited-messages.ts';
import { messageEvidence } from './message-evidence.ts';
import type { Connection } from './open.ts';

/** The messages of ours: the evidence of each, and which of them are awaited. */
export function messageStore(connection: Connection) {
  return { ...messageEvidence(connection), ...awaitedMessages(connection) };
}
export type MessageStore = ReturnType<typeof messageStore>;
