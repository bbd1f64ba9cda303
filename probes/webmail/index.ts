import { variablesIn } from '../../src/domain/flow.ts';
import { type Depth, reaches } from '../../src/domain/protocol.ts';
import type { FlowStep } from '../../src/domain/tenant.ts';
import { type Attempt, runAttempt } from '../attempt.ts';
import { Fault } from '../failure.ts';

import type { Probe } from '../probe.ts';
import { Lookout, spareOf } from './look.ts';
import { Visit } from './visit.ts';

/** Our own message may take this long to be accepted while we wait, ms. */
const acceptLimit = 5000;

/**
 * Webmail over HTTP, by the tenant's flow. Depth `connect` is the flow's pages before the login; a flow
 * that has no login vouches for no more, whatever was asked.
 */
export const webmail: Probe = (tenant, ask, context) =>
  runAttempt(tenant, 'webmail', ask, context, converse);

async function converse(attempt: Attempt): Promise<null> {
  const { webmail: site } = attempt.tenant;
  if (site === null) throw new Fault('internal-error', 'webmail is not configured');
  const visit = await Visit.begin(attempt, site);
  let failure: unknown = null;
  try {
    attempt.vouch(await walkThrough(attempt, visit));
    return null;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // After the result, which does not wait for it.
    void visit.end(isAnswered(failure));
  }
}

/** The server still answers: it can be told goodbye. */
function isAnswered(failure: unknown): boolean {
  if (failure === null) return true;
  if (!(failure instanceof Fault)) return false;
  return ['temporary-error', 'rejected', 'content-mismatch', 'throttled'].includes(failure.reason);
}

/** The flow as deep as it was asked for and goes; gives what that proves. @throws Fault */
async function walkThrough(attempt: Attempt, visit: Visit): Promise<Depth> {
  const { depth } = attempt.ask;
  for (const step of visit.steps('page')) await visit.walk(step);
  const canLogIn = visit.steps('list').length > 0;
  // A login form takes a password: with an access token nothing behind it can be reached.
  const hasPassword = attempt.tenant.mailbox.credential.kind === 'password';
  if (!reaches(depth, 'login') || !canLogIn || !hasPassword) return 'connect';

  attempt.phase('auth');
  for (const step of visit.steps('auth')) await visit.walk(step);
  attempt.phase('list');
  const lookout = new Lookout(attempt, visit);
  for (const step of visit.steps('list')) {
    const page = await visit.walk(step);
    if (typeof step.sighting === 'string') lookout.look(step, page);
  }
  if (!reaches(depth, 'roundtrip')) return 'login';
  return (await seesMessage(attempt, visit, lookout)) ? 'roundtrip' : 'login';
}

/** Waits for the round's message to be accepted, then looks for it and opens it. @throws Fault */
async function seesMessage(attempt: Attempt, visit: Visit, lookout: Lookout): Promise<boolean> {
  const { message, pending } = attempt.ask;
  const step = visit.steps('visible')[0];
  if (step === undefined) return false;
  const acceptedAt = message === null ? null : await acceptance(attempt, message.accepted);
  if (message === null || acceptedAt === null) {
    if (pending.length === 0 || needsToken(step)) return false;
    attempt.phase('visible');
    lookout.look(step, await visit.load(step));
    return false;
  }
  attempt.phase('visible');
  visit.setToken(message.token);
  if (!(await lookout.until(step, message.token, acceptedAt))) return false;
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

/** A page that can only be asked for, or checked, with the token of this round. */
function needsToken({ request, expect }: FlowStep): boolean {
  return variablesIn(JSON.stringify([request, expect])).includes('token');
}
