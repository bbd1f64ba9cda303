import { randomBytes } from 'node:crypto';
import type { Protocol } from '../../src/domain/protocol.ts';
import type { Player, RoundOutcome, Target } from '../target.ts';
import { watch as watchImap } from './imap.ts';
import { watch as watchPop } from './pop.ts';
import { send } from './smtp.ts';
import { watch as watchWebmail } from './webmail.ts';

/**
 * The same round with the bare libraries, the readers at work while the message is being sent, and
 * nothing beyond: no phases, no transcript, no deadline, no evidence.
 */
export function libraries(target: Target, protocols: readonly Protocol[]): Player {
  const withWebmail = protocols.includes('webmail');
  return async (): Promise<RoundOutcome> => {
    const token = randomBytes(12).toString('hex');
    const accepted = send(target, token);
    try {
      const [session, pop, webmail] = await Promise.all([
        watchImap(target, token, accepted),
        watchPop(target, token, accepted),
        withWebmail ? watchWebmail(target, token, accepted) : null,
      ]);
      await session.finish();
      const seen = { imap: session.seen, pop, ...(webmail === null ? {} : { webmail }) };
      return { token, acceptedAt: await accepted, seen, fault: null };
    } catch (error) {
      const fault = error instanceof Error ? error.message : 'something that is no error';
      return { token, acceptedAt: await accepted.catch(() => null), seen: {}, fault };
    }
  };
}
