import type { Phase, Protocol } from '../src/domain/protocol.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { Failure, ProbeResult } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { startDeadline } from './deadline.ts';
import { Attempt } from './dialogue.ts';
import { Fault, faultOf } from './failure.ts';
import type { Ask, ProbeContext, ProbeOutcome } from './probe.ts';
import { type StoppedWatch, Stopwatch } from './stopwatch.ts';
import { safeLine } from './transcript.ts';
import { untilAborted } from './within.ts';

export type { Attempt } from './dialogue.ts';

/**
 * One protocol's dialogue. Throws a `Fault` on failure; on success it has called `vouch()` and gives
 * null, or a `finish` (see `finisher`) if its connection is to stay open for a moment.
 */
export type Dialogue = (attempt: Attempt) => Promise<ProbeOutcome['finish']>;

const farewells: Readonly<Record<Protocol, string | null>> = {
  smtp: 'QUIT\r\n',
  pop: 'QUIT\r\n',
  imap: 'z LOGOUT\r\n',
  webmail: null,
};

/** After these the dialogue still stands at the start of a command: leave as one should. */
const answered: ReadonlySet<Reason> = new Set([
  'auth-refused',
  'auth-not-offered',
  'temporary-error',
  'rejected',
  'throttled',
  'policy-blocked',
  'mailbox-full',
]);

/**
 * Runs one dialogue under the attempt's deadline and turns whatever happens into a result. Never
 * throws. The result's end is the dialogue's; the farewell comes after it and is not waited for.
 */
export async function runAttempt(
  tenant: Tenant,
  protocol: Protocol,
  ask: Ask,
  context: ProbeContext,
  dialogue: Dialogue,
): Promise<ProbeOutcome> {
  const watch = new Stopwatch(context.clock, 'dns');
  const deadline = startDeadline(tenant.attemptDeadline, context.signal);
  const attempt = new Attempt(tenant, ask, context, watch, deadline.signal);
  let finish: ProbeOutcome['finish'] = null;
  let fault: Fault | null = null;
  try {
    // A dialogue that does not heed its signal must not hold the attempt up.
    finish = await untilAborted(dialogue(attempt), deadline.signal);
  } catch (error) {
    fault = deadline.signal.aborted ? faultOf(deadline.signal.reason) : faultOf(error);
  }
  deadline.clear();
  const result = sealed(tenant, protocol, ask, attempt, watch, fault);
  if (finish === null) leave(attempt, farewells[protocol], fault);
  return { result, finish };
}

function sealed(
  tenant: Tenant,
  protocol: Protocol,
  ask: Ask,
  attempt: Attempt,
  watch: Stopwatch,
  fault: Fault | null,
): ProbeResult {
  const phase = watch.current;
  const stopped = watch.stop();
  const { vouches, ...evidence } = attempt.evidence;
  return {
    tenant: tenant.name,
    mailbox: tenant.mailbox.address,
    protocol,
    depth: ask.depth,
    startedAt: watch.startedAt,
    endedAt: stopped.endedAt,
    monotonicStart: watch.monotonicStart,
    monotonicEnd: stopped.monotonicEnd,
    phases: stopped.phases,
    vouches: fault === null ? vouches : null,
    failure: fault === null ? null : failureOf(fault, phase, attempt, watch, stopped),
    ...evidence,
    // A dialogue that was left behind at the deadline may still find something; the result stays.
    sightings: [...evidence.sightings],
    reports: [...evidence.reports],
    copies: [...evidence.copies],
    traces: [...evidence.traces],
    transcript: attempt.transcript.toString(),
  };
}

function failureOf(
  fault: Fault,
  phase: Phase,
  attempt: Attempt,
  watch: Stopwatch,
  stopped: StoppedWatch,
): Failure {
  const named = inPhase(fault, phase);
  const [provenFrom, provenTo] = proven(named, attempt.tenant, watch, stopped);
  return {
    phase,
    reason: named.reason,
    kind: named.kind,
    code: named.code === null ? null : safeLine(named.code, attempt.mask, 64),
    message: safeLine(named.message, attempt.mask, 300),
    provenFrom,
    provenTo,
  };
}

/** The same silence has another name, or another culprit, in some phases. */
function inPhase(fault: Fault, phase: Phase): Fault {
  if (fault.reason !== 'timeout') return fault;
  if (phase === 'dns') {
    return new Fault('dns-failed', 'the name server did not answer', { kind: 'silence' });
  }
  // Nobody was asked anything: an attempt that ends in here was planned wrongly by us.
  if (phase === 'wait') return new Fault('internal-error', 'the deadline came while we waited');
  return fault;
}

/**
 * A refusal is proven where it is seen. A silence is proven from the unanswered request, and only to
 * the planned deadline: what a late timer of ours adds is not the provider's.
 */
function proven(
  fault: Fault,
  tenant: Tenant,
  watch: Stopwatch,
  stopped: StoppedWatch,
): readonly [number, number] {
  if (fault.kind === 'refusal') return [stopped.endedAt, stopped.endedAt];
  const from = Math.min(watch.wallAt(watch.markedAt), stopped.endedAt);
  const to = Math.min(stopped.endedAt, watch.startedAt + tenant.attemptDeadline);
  return [from, Math.max(from, to)];
}

function leave(attempt: Attempt, farewell: string | null, fault: Fault | null): void {
  const tap = attempt.openTap;
  if (tap === null) return;
  const polite = fault === null || answered.has(fault.reason);
  if (polite && farewell !== null) void tap.farewell(farewell);
  else tap.destroy();
}
