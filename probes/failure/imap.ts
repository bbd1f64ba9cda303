import type { Reason } from '../../src/domain/reason.ts';
import { Fault } from '../failure.ts';
import { speaksOfFullMailbox, speaksOfLimit, speaksOfPassing } from './words.ts';

/** RFC 5530 §3, RFC 9208 §4.3. */
const reasonOfCode: Readonly<Record<string, Reason>> = {
  AUTHENTICATIONFAILED: 'auth-refused',
  AUTHORIZATIONFAILED: 'auth-refused',
  EXPIRED: 'auth-refused',
  PRIVACYREQUIRED: 'auth-not-offered',
  UNAVAILABLE: 'temporary-error',
  INUSE: 'temporary-error',
  SERVERBUG: 'temporary-error',
  LIMIT: 'throttled',
  OVERQUOTA: 'mailbox-full',
  CONTACTADMIN: 'rejected',
  NOPERM: 'rejected',
  CLIENTBUG: 'rejected',
  CANNOT: 'rejected',
  NONEXISTENT: 'rejected',
};

/**
 * Translates `tag NO …`, `tag BAD …`, `* BYE …` (or the part after the tag).
 * `auth` is for everything that answers LOGIN or AUTHENTICATE.
 */
export function imapFault(line: string, stage: 'auth' | 'other'): Fault {
  const found = /^(?:\S{1,32}\s+)?(NO|BAD|BYE)\b\s*(?:\[([A-Z0-9-]{1,40})[^\]]*\])?\s*(.*)$/is.exec(
    line,
  );
  if (found === null) return new Fault('protocol-error', line);
  const [, word = '', response, text = ''] = found;
  const code = response === undefined ? word.toUpperCase() : `[${response.toUpperCase()}]`;
  const reason = reasonOf(word.toUpperCase(), response?.toUpperCase() ?? '', text, stage);
  return new Fault(reason, text, { code });
}

function reasonOf(word: string, response: string, text: string, stage: 'auth' | 'other'): Reason {
  const known = reasonOfCode[response];
  // A connection limit often comes dressed as a failed authentication.
  if (speaksOfLimit(text)) return 'throttled';
  if (known !== undefined) return known;
  if (speaksOfFullMailbox(text)) return 'mailbox-full';
  // RFC 9051 §7.1.5: BYE ends the connection; unless it says more, that is for now.
  if (word === 'BYE' || speaksOfPassing(text)) return 'temporary-error';
  return stage === 'auth' && word === 'NO' ? 'auth-refused' : 'rejected';
}
