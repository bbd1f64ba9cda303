import { runAttempt } from './attempt.ts';
import { finisher } from './finish.ts';
import { readAnchor } from './imap/anchor.ts';
import { awaitMessage } from './imap/arrival.ts';
import { logIn } from './imap/login.ts';
import { Lookout } from './imap/lookout.ts';
import { openInbox } from './imap/mailbox.ts';
import { removeCopies, removeMessages } from './imap/removal.ts';
import { Session } from './imap/session.ts';
import { isPosted } from './message.ts';
import type { Probe } from './probe.ts';

/**
 * IMAP (RFC 9051, RFC 3501): connects; logs in, opens the inbox and reads the anchor; sees the round's
 * message arrive. Its `finish` deletes messages in the session that is still open.
 */
export const imap: Probe = (tenant, ask, context) =>
  runAttempt(tenant, 'imap', ask, context, async (attempt) => {
    const wire = await attempt.dial('imap');
    if (ask.depth === 'connect') {
      attempt.vouch('connect');
      return null;
    }
    const session = new Session(wire, attempt.transcript, () => attempt.now());
    await logIn(attempt, session);
    const inbox = await openInbox(attempt, session);
    await readAnchor(attempt, session, inbox);
    attempt.vouch('login');
    const lookout = new Lookout(attempt, session, inbox);
    await lookout.lookBack();
    if (ask.depth === 'roundtrip' && (await awaitMessage(attempt, session, lookout))) {
      attempt.vouch('roundtrip');
    }
    return finisher(wire, 'z LOGOUT\r\n', async (tokens, gone) => {
      const removed: string[] = [];
      try {
        await removeMessages(session, inbox, lookout, tokens, removed);
      } finally {
        gone.push(...removed.filter((token) => !isPosted(token)));
      }
      const posted = removed.filter(isPosted);
      const { address } = tenant.mailbox;
      if (posted.length > 0 && (await removeCopies(session, address, posted))) gone.push(...posted);
    });
  });
