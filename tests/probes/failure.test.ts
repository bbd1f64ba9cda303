import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imapFault } from '../../probes/failure/imap.ts';
import { popFault } from '../../probes/failure/pop.ts';
import { smtpFault } from '../../probes/failure/smtp.ts';
import { Fault, faultOf } from '../../probes/failure.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(`it was ${code}`), { code });
}

const system = [
  ['ECONNREFUSED', 'connection-refused', 'refusal'],
  ['ECONNRESET', 'connection-reset', 'refusal'],
  ['EPIPE', 'connection-reset', 'refusal'],
  ['ETIMEDOUT', 'timeout', 'silence'],
  ['ENETUNREACH', 'no-route', 'refusal'],
  ['EHOSTUNREACH', 'no-route', 'refusal'],
  ['CERT_HAS_EXPIRED', 'certificate-expired', 'refusal'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate-invalid', 'refusal'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate-invalid', 'refusal'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls-failed', 'refusal'],
  ['ESOMETHING', 'internal-error', 'refusal'],
] as const;
for (const [code, reason, kind] of system) {
  test(`${code} is ${reason}, a ${kind}`, () => {
    const fault = faultOf(systemError(code));
    assert.deepEqual([fault.reason, fault.kind, fault.code], [reason, kind, code]);
  });
}

test('a fault stays what it is, a bug is an internal error', () => {
  const fault = new Fault('rejected', 'no');
  assert.equal(faultOf(fault), fault);
  assert.equal(faultOf(new TypeError('x is not a function')).reason, 'internal-error');
});

const imap = [
  ['a1 NO [AUTHENTICATIONFAILED] Authentication failed.', 'auth-refused', '[AUTHENTICATIONFAILED]'],
  ['a1 NO [UNAVAILABLE] Temporary authentication failure', 'temporary-error', '[UNAVAILABLE]'],
  ['a1 NO [LIMIT] slow down', 'throttled', '[LIMIT]'],
  [
    'a1 NO [AUTHENTICATIONFAILED] Maximum number of connections reached',
    'throttled',
    '[AUTHENTICATIONFAILED]',
  ],
  ['a1 NO Too many simultaneous connections', 'throttled', 'NO'],
  ['a1 NO LOGIN failed', 'auth-refused', 'NO'],
  ['a1 NO [CONTACTADMIN] call us', 'rejected', '[CONTACTADMIN]'],
  ['a1 NO [OVERQUOTA] full', 'mailbox-full', '[OVERQUOTA]'],
  ['a1 BAD syntax', 'rejected', 'BAD'],
  ['* BYE shutting down', 'temporary-error', 'BYE'],
  ['HTTP/1.1 400 Bad Request', 'protocol-error', null],
] as const;
for (const [line, reason, code] of imap) {
  test(`IMAP: "${line}" to LOGIN is ${reason}`, () => {
    const fault = imapFault(line, 'auth');
    assert.deepEqual([fault.reason, fault.code], [reason, code]);
  });
}

test('IMAP: a plain NO elsewhere is no question of the password', () => {
  assert.equal(imapFault('a2 NO mailbox gone', 'other').reason, 'rejected');
});

const pop = [
  ['-ERR [SYS/TEMP] Temporary authentication failure', 'temporary-error'],
  ['-ERR Temporary failure, try again later', 'temporary-error'],
  ['-ERR 登录过于频繁', 'throttled'],
  ['-ERR Unable to log on', 'auth-refused'],
  [
    '-ERR Login fail. Account is abnormal, password is incorrect, login frequency limited, or system is busy',
    'auth-refused',
  ],
  ['* OK IMAP here', 'protocol-error'],
] as const;
for (const [line, reason] of pop) {
  test(`POP: "${line}" to PASS is ${reason}`, () => {
    assert.equal(popFault(line, 'auth').reason, reason);
  });
}

const smtp = [
  [535, 'Error: authentication failed', 'auth', 'auth-refused'],
  [534, '5.7.9 application-specific password required', 'auth', 'auth-refused'],
  [530, '5.7.0 Authentication required', 'other', 'auth-refused'],
  [504, '5.5.4 Unrecognized authentication type', 'auth', 'auth-not-offered'],
  [421, '4.7.0 unusual rate of mail', 'other', 'throttled'],
  [450, '4.7.1 greylisted', 'other', 'throttled'],
  [452, '4.3.1 Daily message quota exceeded', 'other', 'throttled'],
  [550, '5.7.1 Your sending quota is exceeded', 'other', 'throttled'],
  [550, '今日发信额度已用完', 'other', 'throttled'],
  [552, '5.2.2 Mailbox over quota', 'other', 'mailbox-full'],
  [451, '4.3.0 try later', 'other', 'temporary-error'],
  [452, '4.2.2 over quota', 'other', 'mailbox-full'],
  [550, 'Mail content denied by policy', 'other', 'policy-blocked'],
  [501, 'syntax', 'other', 'rejected'],
  [250, 'ok where none was due', 'other', 'protocol-error'],
] as const;
for (const [code, text, stage, reason] of smtp) {
  test(`SMTP: "${code} ${text}" (${stage}) is ${reason}`, () => {
    assert.equal(smtpFault({ code, lines: [text] }, stage).reason, reason);
  });
}
