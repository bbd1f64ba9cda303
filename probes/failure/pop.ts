import type { Reason } from '../../src/domain/reason.ts';
import { Fault } from '../failure.ts';
import { speaksOfFullMailbox, speaksOfLimit, speaksOfPassing } from './words.ts';

/** RFC 2449 §8 and RFC 3206 §4. */
const reasonOfCode: Readonly<Record<string, Reason>> = {
  AUTH: 'auth-refused',
  'SYS/TEMP': 'temporary-error',
  'SYS/PERM': 'rejected',
  'IN-USE': 'temporary-error',
  'LOGIN-DELAY': 'throttled',
};

/** Translates a `-ERR` line. `auth` is for everything that answers USER, PASS or AUTH. */
export function popFault(line: string, stage: 'auth' | 'other'): Fault {
  const found = /^-ERR\s*(?:\[([A-Z0-9/_-]{1,32})[^\]]*\])?\s*(.*)$/is.exec(line);
  if (found === null) return new Fault('protocol-error', line);
  const [, response, text = ''] = found;
  const code = response === undefined ? '-ERR' : `[${response.toUpperCase()}]`;
  return new Fault(reasonOf(response?.toUpperCase() ?? '', text, stage), text, { code });
}

function reasonOf(response: string, text: string, stage: 'auth' | 'other'): Reason {
  const known = reasonOfCode[response];
  // Dovecot's limit per user and address comes as [IN-USE]; an [AUTH] may hide one as well.
  if (known !== undefined) return speaksOfLimit(text) ? 'throttled' : known;
  if (speaksOfLimit(text)) return 'throttled';
  if (speaksOfPassing(text)) return 'temporary-error';
  if (speaksOfFullMailbox(text)) return 'mailbox-full';
  return stage === 'auth' ? 'auth-refused' : 'rejected';
}
