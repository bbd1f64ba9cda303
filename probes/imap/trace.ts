import type { Attempt } from '../dialogue.ts';
import { Fault } from '../failure.ts';
import { stampsIn } from '../trace.ts';
import { fetchReceived } from './fetch.ts';
import type { Lookout } from './lookout.ts';
import type { Session } from './session.ts';

/** Messages of which the way is read in one session, at most. */
const mostTraced = 8;

/**
 * Reads what the headers of the messages that this session saw in the open inbox say of their way. It is
 * no part of what the attempt proves: whatever comes of it but the attempt's own end changes nothing.
 * Phase `fetch`.
 */
export async function readTraces(
  attempt: Attempt,
  session: Session,
  lookout: Lookout,
): Promise<void> {
  const tokens = attempt.evidence.sightings
    .filter(({ folder = 'inbox' }) => folder === 'inbox')
    .map(({ token }) => token);
  const uids = new Map<number, string>();
  for (const token of tokens.slice(-mostTraced)) {
    const [uid] = lookout.uidsOf(token);
    if (uid !== undefined) uids.set(uid, token);
  }
  if (uids.size === 0) return;
  attempt.phase('fetch');
  try {
    await fetchReceived(session, [...uids.keys()], (uid, header) => {
      const token = uids.get(uid);
      if (token === undefined || !uids.delete(uid)) return;
      attempt.evidence.traces.push({ token, stamps: stampsIn(header), seenAt: attempt.now() });
    });
  } catch (error) {
    if (attempt.signal.aborted || !(error instanceof Fault)) throw error;
  }
}
