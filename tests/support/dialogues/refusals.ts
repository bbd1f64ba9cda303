import type { LineProtocol } from '../../../probes/dial.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import type { Misbehaviour } from './terms.ts';

/** What is said, and what it is called; the third is for an answer to a login. */
type Refusal = readonly [text: string, reason: Reason, atLogin?: Reason];

/** `TAG` stands for the tag of what is answered, `HEARD` for what was heard last. */
const texts: Readonly<Record<LineProtocol, readonly Refusal[]>> = {
  smtp: [
    ['421 4.3.2 shutting down', 'temporary-error'],
    ['421 4.7.0 too many connections', 'throttled'],
    ['450 4.2.0 not now', 'temporary-error'],
    ['452 4.2.2 over quota', 'mailbox-full'],
    ['454', 'temporary-error'],
    ['500 what', 'rejected'],
    ['535 5.7.8 no', 'auth-refused'],
    ['550 5.7.1 blocked', 'policy-blocked'],
    ['550 HEARD', 'rejected', 'auth-refused'],
    ['554-5.6.0 no\r\n554 5.6.0 no', 'rejected', 'auth-refused'],
    ['250-yes\r\n550 5.1.1 or no', 'rejected', 'auth-refused'],
  ],
  imap: [
    ['TAG NO', 'rejected', 'auth-refused'],
    ['TAG NO no', 'rejected', 'auth-refused'],
    ['TAG NO HEARD', 'rejected', 'auth-refused'],
    ['TAG BAD what', 'rejected'],
    ['TAG NO [AUTHENTICATIONFAILED] no', 'auth-refused'],
    ['TAG NO [UNAVAILABLE] no', 'temporary-error'],
    ['TAG NO [LIMIT] no', 'throttled'],
    ['TAG NO [OVERQUOTA] no', 'mailbox-full'],
    ['TAG NO [UNCLOSED no', 'rejected', 'auth-refused'],
    ['TAG NO too many connections', 'throttled'],
  ],
  pop: [
    ['-ERR', 'rejected', 'auth-refused'],
    ['-ERR no', 'rejected', 'auth-refused'],
    ['-ERR HEARD', 'rejected', 'auth-refused'],
    ['-ERR [SYS/TEMP] no', 'temporary-error'],
    ['-ERR [SYS/PERM] no', 'rejected'],
    ['-ERR [IN-USE] no', 'temporary-error'],
    ['-ERR [AUTH] no', 'auth-refused'],
    ['-ERR [LOGIN-DELAY] no', 'throttled'],
    ['-ERR [UNCLOSED no', 'rejected', 'auth-refused'],
    ['-ERR too many connections', 'throttled'],
  ],
};

/** IMAP's way of ending a session, which no state forgives. */
const byes: readonly Refusal[] = [
  ['* BYE', 'temporary-error'],
  ['* BYE [UNAVAILABLE] going down', 'temporary-error'],
  ['* BYE too many connections', 'throttled'],
];

const answersLogin = (state: string): boolean =>
  /^(?:AUTH|SASL|LOGIN|AUTHENTICATE|USER|PASS)$/.test(state);

function refusal(
  protocol: LineProtocol,
  [text, reason, atLogin = reason]: Refusal,
  at: (state: string) => boolean,
): Misbehaviour {
  return {
    name: `answers: ${text}`,
    at: (other, state) => other === protocol && state !== 'handshake' && at(state),
    reasons: (state) => [answersLogin(state) ? atLogin : reason],
    outcome: 'fails',
    act(talk, { tag = '' }) {
      const [heard = ''] = talk.heard.split(/[\r\n]/);
      talk.put(`${text.replace('TAG', tag).replace('HEARD', heard)}\r\n`);
    },
  };
}

// Nobody has asked anything before the greeting, or between the news and the end of IDLE.
const tagged = (state: string): boolean => state !== 'greeting';

export const refusals: readonly Misbehaviour[] = [
  ...texts.smtp.map((one) => refusal('smtp', one, () => true)),
  ...texts.pop.map((one) => refusal('pop', one, () => true)),
  ...texts.imap.map((one) => refusal('imap', one, tagged)),
  ...byes.map((one) => refusal('imap', one, () => true)),
].map((one) => (one.name.includes('BYE') ? one : { ...one, refuses: true }));
