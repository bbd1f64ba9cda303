import { asPushClient, type PushAccount, type Tenant } from '../src/domain/tenant.ts';
import { type Attempt, runAttempt } from './attempt.ts';
import { plainAddress, probeMessage } from './message.ts';
import type { Probe, ProbeContext, ProbeOutcome } from './probe.ts';
import { SmtpClient } from './smtp/client.ts';

/** Submission (RFC 6409): greeting, AUTH, and a message to the mailbox itself. */
export const smtp: Probe = async (tenant, ask, context) => {
  const { push } = tenant;
  if (!push?.judged) return runAttempt(tenant, 'smtp', ask, context, converse);
  // The service is the one that takes the mail; whose round it is has not changed.
  const client = asPushClient(tenant, push);
  const outcome = await runAttempt(client, 'smtp', ask, context, converse);
  return { ...outcome, result: { ...outcome.result, mailbox: tenant.mailbox.address } };
};

/**
 * Hands one message to the tenant's push service. Its outcome is evidence of this message only: a quota
 * or a bounce is no outage (T2.6). Never throws.
 * @param recipient a mailbox of the tenant's own
 */
export function sendByPush(
  tenant: Tenant,
  push: PushAccount,
  { token, recipient }: { readonly token: string; readonly recipient: string },
  context: ProbeContext,
): Promise<ProbeOutcome> {
  const message = { token, recipient, accepted: Promise.resolve(null) };
  const ask = { depth: 'roundtrip', turn: 0, pending: [], message } as const;
  return runAttempt(asPushClient(tenant, push), 'smtp', ask, context, converse);
}

async function converse(attempt: Attempt): Promise<null> {
  const { ask } = attempt;
  await attempt.dial('smtp');
  attempt.evidence.vouch('connect');
  if (ask.depth === 'connect') return null;
  const client = await SmtpClient.hello(attempt);
  await client.authenticate();
  attempt.evidence.vouch('login');
  if (ask.depth === 'login' || ask.message === null) return null;
  const address = plainAddress(attempt.tenant.mailbox.address);
  const { token, recipient } = ask.message;
  const to = recipient === undefined ? {} : { recipient };
  const text = probeMessage({ token, address, at: attempt.now(), ...to });
  await client.send({ token, sender: address, recipient: recipient ?? address, text });
  attempt.evidence.vouch('roundtrip');
  return null;
}
