import { runAttempt } from './attempt.ts';
import { finisher } from './finish.ts';
import { readAnchor } from './imap/anchor.ts';
import { awaitMessage, watchOn } from './imap/arrival.ts';
import { clearAway, removeProbes, type WatchedMailbox } from './imap/clearing.ts';
import { logIn } from './imap/login.ts';
import { Lookout } from './imap/lookout.ts';
import { openInbox } from './imap/mailbox.ts';
import { readTraces } from './imap/trace.ts';
import { readQuota, readReports, watchJunk } from './imap/watch.ts';
import type { Probe } from './probe.ts';

/**
 * IMAP (RFC 9051, RFC 3501): connects; logs in, opens the inbox and reads the anchor; sees the round's
 * message arrive. Its `finish` deletes messages in the session that is still open.
 */
export const imap: Probe = (tenant, ask, context) =>
  runAttempt(tenant, 'imap', ask, context, async (attempt) => {
    const tap = await attempt.dial('imap');
    if (ask.depth === 'connect') {
      attempt.evidence.vouch('connect');
      return null;
    }
    const session = await logIn(attempt);
    const { watch } = ask;
    const junk = watch === undefined ? null : await watchJunk(attempt, session);
    const inbox = await openInbox(attempt, session);
    await readAnchor(attempt, session, inbox);
    attempt.evidence.vouch('login');
    const lookout = new Lookout(attempt, session, inbox);
    await lookout.lookBack();
    if (watch !== undefined) {
      await readReports(attempt, session, inbox, lookout);
      await readQuota(attempt, session);
      // What was found is told at once; what is still missing is for the next session.
      if (!junk?.foundAny && !lookout.foundAny) {
        await watchOn(attempt, session, lookout, watch.stay);
        await readReports(attempt, session, inbox, lookout);
      }
    }
    if (ask.depth === 'roundtrip' && (await awaitMessage(attempt, session, lookout))) {
      attempt.evidence.vouch('roundtrip');
    }
    await readTraces(attempt, session, lookout);
    attempt.evidence.copies.push(...(junk?.copies() ?? []), ...lookout.copies());
    const open: WatchedMailbox = { attempt, session, inbox, lookout, junk };
    return finisher(tap, 'z LOGOUT\r\n', (tokens, gone) =>
      watch === undefined
        ? removeProbes(open, tokens, gone)
        : clearAway(open, tokens, watch.hygiene, gone),
    );
  });
