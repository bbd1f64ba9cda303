import type { LineProtocol } from '../../../probes/dial.ts';
import { type Phase, phasesOf } from '../../../src/domain/protocol.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import type { Failure } from '../../../src/domain/result.ts';
import type { Stage } from './talk.ts';
import type { Plan } from './terms.ts';

/** What may come of a dialogue. */
interface Expectation {
  readonly success: boolean;
  readonly reasons: readonly Reason[];
  readonly phases: readonly Phase[];
  readonly message: RegExp;
}

/** In which phases the client waits for which of the server's words. */
const phases: Readonly<Record<LineProtocol, Readonly<Record<string, readonly Phase[]>>>> = {
  smtp: {
    EHLO: ['ehlo'],
    AUTH: ['auth'],
    SASL: ['auth'],
    MAIL: ['mail'],
    RCPT: ['rcpt'],
    DATA: ['data'],
    MESSAGE: ['accept'],
  },
  imap: {
    CAPABILITY: ['capability'],
    LOGIN: ['auth'],
    AUTHENTICATE: ['auth'],
    SASL: ['auth'],
    ID: ['select'],
    LIST: ['select'],
    EXAMINE: ['select'],
    SELECT: ['select'],
    'UID SEARCH': ['anchor'],
    // Without UIDNEXT, SELECT is followed by one.
    FETCH: ['select', 'anchor', 'fetch'],
    'UID FETCH': ['anchor', 'fetch'],
    LITERAL: ['anchor'],
    APPEND: ['anchor'],
    NOOP: ['anchor', 'visible'],
    IDLE: ['visible', 'fetch'],
    NEWS: ['visible', 'fetch'],
    DONE: ['visible', 'fetch'],
    TRACE: ['fetch'],
    GETQUOTAROOT: ['fetch'],
  },
  pop: {
    CAPA: ['capability'],
    USER: ['auth'],
    PASS: ['auth'],
    AUTH: ['auth'],
    SASL: ['auth'],
    UIDL: ['uidl'],
    TOP: ['visible', 'anchor'],
    // Between two sessions.
    QUIT: ['visible'],
  },
};

/** Courtesies, and what there is another way for: to be refused here is no failure. */
const forgiving: Readonly<Record<LineProtocol, RegExp>> = {
  // What does not know EHLO may know HELO.
  smtp: /^EHLO$/,
  imap: /^(?:ID|LIST|EXAMINE|GETQUOTAROOT|UID SEARCH|IDLE|NEWS|DONE|TRACE)$/,
  pop: /^CAPA$/,
};

/** @param settledAt when the attempt had its result, `performance.now()` */
export function expectationOf({ plan, wentWrong }: Stage, settledAt: number): Expectation {
  const { misbehaviour, protocol, state, depth, tls } = plan;
  const nothing: Expectation = { success: true, reasons: [], phases: [], message: /^/ };
  if (wentWrong === null || wentWrong.at >= settledAt) return nothing;
  if (misbehaviour.outcome === 'harmless') return nothing;
  const said = misbehaviour.reasons(state).map((reason) => renamed(reason, plan, wentWrong));
  // A message's way proves nothing, so nothing of it fails but the attempt's own time.
  // Nor does it matter how a server takes our leave, as long as it does.
  const patient = state === 'TRACE' || state === 'QUIT';
  const reasons = patient ? said.filter((reason) => reason === 'timeout') : said;
  const success =
    misbehaviour.outcome === 'either' ||
    state === 'QUIT' ||
    // The greeting was said, and that is all that was wanted.
    (misbehaviour.lingers === true &&
      state === 'greeting' &&
      depth === 'connect' &&
      tls !== 'starttls') ||
    // A connection that is lost while we wait for the acceptance is dialled again.
    (misbehaviour.lingers === true && protocol === 'pop' && state === 'CAPA') ||
    reasons.length === 0 ||
    isForgiven(plan, reasons, wentWrong.connection);
  const known = phasesAt(plan, wentWrong);
  const order = phasesOf[protocol];
  const first = Math.min(...known.map((phase) => order.indexOf(phase)));
  const message = (state === 'handshake' ? null : misbehaviour.message) ?? /^/;
  const later = order.filter((phase, at) => at >= first || (phase === 'tls' && tls === 'starttls'));
  const within = misbehaviour.lingers === true ? later : known;
  return { success, reasons, phases: within, message };
}

function phasesAt(
  { tls, protocol, state, misbehaviour }: Plan,
  { connection, secured }: NonNullable<Stage['wentWrong']>,
): readonly Phase[] {
  // A reader's later sessions belong to the looking.
  if (connection > 1) return ['visible'];
  // A reset may come before the connection counts as made.
  const early: readonly Phase[] = misbehaviour.name === 'resets' ? ['tcp'] : [];
  if (state === 'greeting') return [...early, 'greeting'];
  if (state === 'handshake') return [...early, 'tls'];
  if (state === 'STARTTLS' || (state === 'EHLO' && tls === 'starttls' && !secured))
    return ['starttls'];
  return phases[protocol][state] ?? [];
}

/** Where TLS is asked for, a refusal says that there is none. */
function renamed(
  reason: Reason,
  { state, tls, protocol, misbehaviour }: Plan,
  { secured }: NonNullable<Stage['wentWrong']>,
): Reason {
  if (misbehaviour.refuses !== true) return reason;
  // One message that is refused may be a virus; all of them, and nothing can be read.
  if (state === 'TOP') return 'rejected';
  if (tls !== 'starttls' || secured) return reason;
  if (protocol === 'smtp' && /^(?:EHLO|STARTTLS)$/.test(state))
    return /^5|\n5/.test(misbehaviour.name.slice(9)) ? 'starttls-not-offered' : reason;
  return state === 'STARTTLS' && reason === 'rejected' ? 'starttls-not-offered' : reason;
}

function isForgiven(
  { protocol, state, misbehaviour, tls }: Plan,
  [reason]: readonly Reason[],
  connection: number,
): boolean {
  if (misbehaviour.refuses !== true) return false;
  if (protocol === 'smtp' && misbehaviour.name.includes('421')) return false;
  if (protocol === 'smtp' && tls === 'starttls' && reason === 'starttls-not-offered') return false;
  if (forgiving[protocol].test(state)) return true;
  if (/^(?:APPEND|LITERAL)$/.test(state)) return /^(?:rejected|mailbox-full)$/.test(`${reason}`);
  if (state === 'TOP') return true;
  // Both come of our own haste.
  return connection > 1 && (reason === 'throttled' || misbehaviour.name.includes('IN-USE'));
}

/** What is wrong with an outcome; null if it is as expected. */
export function disappointment(
  { success, reasons, phases: allowed, message: words }: Expectation,
  failure: Failure | null,
): string | null {
  if (failure === null) return success ? null : `succeeds, but should fail: ${reasons.join(', ')}`;
  const { phase, reason, message } = failure;
  if (!reasons.includes(reason))
    return `${reason} in ${phase}, not ${reasons.join(' or ') || 'a success'}`;
  if (!words.test(message)) return `${reason} for another cause: ${message}`;
  return allowed.includes(phase) ? null : `${reason} in ${phase}, not in ${allowed.join(' or ')}`;
}
