import type { FlowStep } from '../../src/domain/flow.ts';
import { type Depth, reaches } from '../../src/domain/protocol.ts';
import { deepestDepth } from '../../src/domain/tenant.ts';
import { type Attempt, runAttempt } from '../attempt.ts';
import { Fault, faultOf } from '../failure.ts';
import type { Probe } from '../probe.ts';
import { type BrowserRooms, BrowserVisit } from './chromium/visit.ts';
import { HttpVisit } from './http-visit.ts';
import { Lookout, spareOf } from './look.ts';
import type { Visit } from './visit.ts';

/** Our own message may take this long to be accepted while we wait, ms. */
const acceptLimit = 5000;

/**
 * Webmail by the tenant's flow. Depth `connect` is the flow's pages before the login; a flow that has no
 * login, or that nobody allowed to log in, vouches for no more, whatever was asked.
 */
export function webmailProbe(rooms: BrowserRooms | null): Probe {
  return (tenant, ask, context) =>
    runAttempt(tenant, 'webmail', ask, context, async (attempt) => {
      const site = tenant.webmail;
      if (site === null) throw new Fault('internal-error', 'webmail is not configured');
      const { flow } = site;
      if (flow.driver !== 'browser')
        await visited(attempt, await HttpVisit.begin(attempt, site, flow));
      else if (rooms === null) throw new Fault('internal-error', 'no browser is configured');
      else await visited(attempt, await BrowserVisit.begin(attempt, site, flow, rooms));
      return null;
    });
}

/** The same without a browser. */
export const webmail: Probe = webmailProbe(null);

async function visited<Step extends FlowStep>(attempt: Attempt, visit: Visit<Step>): Promise<void> {
  let failure: Fault | null = null;
  try {
    attempt.evidence.vouch(await walkThrough(attempt, visit));
  } catch (error) {
    failure = faultOf(error);
    throw error;
  } finally {
    // After the result, which does not wait for it.
    void visit.end(failure);
  }
}

/** The flow as deep as it was asked for and goes; gives what that proves. @throws Fault */
async function walkThrough<Step extends FlowStep>(
  attempt: Attempt,
  visit: Visit<Step>,
): Promise<Depth> {
  for (const step of visit.steps('page')) await visit.walk(step);
  visit.opened();
  const deepest = deepestDepth(attempt.tenant, 'webmail');
  const asked = (depth: Depth) => reaches(attempt.ask.depth, depth) && reaches(deepest, depth);
  if (!asked('login')) return 'connect';

  attempt.phase('auth');
  for (const step of visit.steps('auth')) await visit.walk(step);
  attempt.phase('list');
  const lookout = new Lookout(attempt, visit);
  for (const step of visit.steps('list')) {
    const page = await visit.walk(step);
    if (typeof step.sighting === 'string') lookout.look(step, page);
  }
  if (!asked('roundtrip')) return 'login';
  const seen = await seesMessage(attempt, visit, lookout);
  if (!asked('send')) return seen ? 'roundtrip' : 'login';
  const sentSeen = await sends(attempt, visit, lookout);
  // Two messages, and either of them shows that what was sent can be read.
  return seen || sentSeen ? 'send' : 'login';
}

/** Waits for the round's message to be accepted, then looks for it and opens it. @throws Fault */
async function seesMessage<Step extends FlowStep>(
  attempt: Attempt,
  visit: Visit<Step>,
  lookout: Lookout<Step>,
): Promise<boolean> {
  const { message, pending } = attempt.ask;
  const step = visit.steps('visible')[0];
  if (step === undefined) return false;
  const acceptedAt = message === null ? null : await acceptance(attempt, message.accepted);
  if (message === null || acceptedAt === null) {
    if (pending.length === 0 || visit.needsToken(step)) return false;
    attempt.phase('visible');
    lookout.look(step, await visit.load(step));
    return false;
  }
  return findsAndReads(attempt, visit, lookout, message.token, acceptedAt);
}

/** Composes a message and sends it, then looks for it like for any other. @throws Fault */
async function sends<Step extends FlowStep>(
  attempt: Attempt,
  visit: Visit<Step>,
  lookout: Lookout<Step>,
): Promise<boolean> {
  const token = attempt.ask.post ?? null;
  if (token === null) throw new Fault('internal-error', 'there is no message to send');
  visit.setMessage(token);
  attempt.phase('compose');
  for (const step of visit.steps('compose')) await visit.walk(step);
  attempt.phase('send');
  for (const step of visit.steps('send')) {
    // From here on it may be in the mailbox, whatever the page says.
    attempt.evidence.sent(token);
    await visit.walk(step);
  }
  const acceptedAt = attempt.now();
  attempt.evidence.accepted(token, acceptedAt);
  lookout.awaits(token);
  return findsAndReads(attempt, visit, lookout, token, acceptedAt);
}

async function findsAndReads<Step extends FlowStep>(
  attempt: Attempt,
  visit: Visit<Step>,
  lookout: Lookout<Step>,
  token: string,
  acceptedAt: number,
): Promise<boolean> {
  const [step] = visit.steps('visible');
  if (step === undefined) return false;
  attempt.phase('visible');
  visit.setMessage(token);
  if (!(await lookout.until(step, token, acceptedAt))) return false;
  const fetches = visit.steps('fetch');
  if (fetches.length > 0) attempt.phase('fetch');
  for (const fetch of fetches) await visit.walk(fetch);
  return true;
}

/** Wall ms of the acceptance; null if there was none, or not soon enough. */
async function acceptance(attempt: Attempt, accepted: Promise<number | null>) {
  attempt.phase('wait');
  attempt.ask.message?.ready?.();
  const patience = Math.min(acceptLimit, attempt.remaining() - spareOf(attempt));
  return attempt.within(Math.max(0, patience), accepted);
}
