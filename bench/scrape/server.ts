/** The mail service that is probed, in a process of its own: the demo's. Ends with the process that forked it. */
import { startEmbeddedTenant } from '../../src/demo/tenant.ts';
import type { Mailbox } from './messages.ts';

const { address, username, password, imap } = await startEmbeddedTenant();
process.send?.({ address, username, password, imap } satisfies Mailbox);
process.once('disconnect', () => process.exit());
