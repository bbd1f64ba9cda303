import type { Attempt } from '../dialogue.ts';
import type { Lookout } from './lookout.ts';
import type { Session } from './session.ts';

/** All integer ms. */
const acceptanceLimit = 5000;
const arrivalLimit = 10_000;
const firstPause = 5;
const longestPause = 2000;
/** From this pause on the server tells by itself, where it can; before, it would only tell later. */
const idleFrom = 640;
const shortestIdle = 1000;
const longestIdle = 5000;

/**
 * Waits until the round's message is accepted, then until it is in the mailbox. True when it was seen;
 * false when it was not accepted, or did not come in time: that is delay, not failure.
 * Phases `wait`, then `visible` and `fetch`. @throws Fault
 */
export async function awaitMessage(
  attempt: Attempt,
  session: Session,
  lookout: Lookout,
): Promise<boolean> {
  const { message } = attempt.ask;
  if (message === null) return false;
  attempt.phase('wait');
  message.ready?.();
  // 5 s of the usual 30 stay free for the last answers.
  const reserve = attempt.tenant.attemptDeadline / 6;
  const patience = Math.max(0, Math.min(acceptanceLimit, attempt.remaining() - reserve));
  const accepted = await attempt.within(
    patience,
    message.accepted.catch(() => null),
  );
  if (accepted === null) return false;
  attempt.phase('visible');
  if (lookout.has(message.token)) return true;
  const limit = attempt.now() + Math.min(arrivalLimit, attempt.remaining() - reserve);
  return watch(attempt, session, lookout, message.token, limit);
}

/**
 * Polls finely at first (Dovecot holds IDLE's news back for half a second), then idles with a poll
 * beside it (Courier's IDLE looks once a minute), or polls at growing pauses where there is no IDLE.
 */
async function watch(
  attempt: Attempt,
  session: Session,
  lookout: Lookout,
  token: string,
  limit: number,
): Promise<boolean> {
  let idles = session.offers('IDLE');
  let pause = 0;
  for (;;) {
    const left = limit - attempt.now();
    // Some servers forget to announce what came: a slow look does not rely on it.
    if (await lookout.look(token, left <= 0 || pause >= idleFrom)) return true;
    if (left <= 0) return false;
    pause = pause === 0 ? firstPause : pause * 2;
    if (idles && pause >= idleFrom) {
      const length = Math.min(left, longestIdle, Math.max(shortestIdle, pause));
      idles = await session.idle(length, () => attempt.phase('fetch'));
      if (session.growth !== null && (await lookout.catchUp(token, false))) return true;
    } else await session.ready(Math.min(left, pause, longestPause));
  }
}

/** Pause between two looks of the message watch, ms: an arrival is known this closely from below. */
const watchPause = 1500;

/**
 * Goes on looking for whatever is missing, until something of it comes or the time is over: IDLE, and
 * a look beside it. Phases `visible` and `fetch`. @throws Fault
 */
export async function watchOn(
  attempt: Attempt,
  session: Session,
  lookout: Lookout,
  stay: number,
): Promise<void> {
  attempt.phase('visible');
  const limit =
    attempt.now() + Math.min(stay, attempt.remaining() - attempt.tenant.attemptDeadline / 6);
  const { missing } = lookout;
  let idles = session.offers('IDLE');
  while (lookout.missing > 0 && lookout.missing === missing) {
    const left = limit - attempt.now();
    if (left <= 0) return;
    const pause = Math.min(left, watchPause);
    if (idles) idles = await session.idle(pause, () => attempt.phase('fetch'));
    else await session.ready(pause);
    await lookout.look(null, true);
  }
}
