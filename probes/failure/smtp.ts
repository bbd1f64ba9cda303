import type { Reason } from '../../src/domain/reason.ts';
import { Fault } from '../failure.ts';
import { speaksOfFullMailbox, speaksOfLimit, speaksOfPolicy } from './words.ts';

export interface SmtpReply {
  /** RFC 5321 §4.2. */
  readonly code: number;
  /** Without codes' separators; RFC 3463 codes are still at the start of each. */
  readonly lines: readonly string[];
}

/** RFC 3463 `class.subject.detail` at the start of the reply's text; null if there is none. */
export function enhancedCodeOf(reply: SmtpReply): string | null {
  return /^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(reply.lines[0] ?? '')?.[1] ?? null;
}

/** Translates a negative reply. `stage` is `auth` for everything that answers AUTH. */
export function smtpFault(reply: SmtpReply, stage: 'auth' | 'other'): Fault {
  const enhanced = enhancedCodeOf(reply);
  const code = enhanced === null ? `${reply.code}` : `${reply.code} ${enhanced}`;
  return new Fault(reasonOf(reply, enhanced, stage), reply.lines.join(' '), { code });
}

function reasonOf(reply: SmtpReply, enhanced: string | null, stage: 'auth' | 'other'): Reason {
  const text = reply.lines.join(' ');
  if (reply.code < 400) return 'protocol-error';
  if (speaksOfLimit(text)) return 'throttled';
  if (reply.code < 500) return temporary(reply.code, enhanced, text);
  return permanent(reply.code, enhanced, text, stage);
}

/** RFC 3463 §3.8: X.7.x is security or policy; X.2.2 mailbox full, X.3.1 system full. */
function temporary(code: number, enhanced: string | null, text: string): Reason {
  if (enhanced === '4.2.2' || (code === 452 && speaksOfFullMailbox(text))) return 'mailbox-full';
  // X.7.0 is the bare "other security status"; RFC 4954 §6 uses it for a passing failure of AUTH.
  if (enhanced !== null && /^4\.7\.(?:1|28)$/.test(enhanced)) return 'throttled';
  return 'temporary-error';
}

function permanent(
  code: number,
  enhanced: string | null,
  text: string,
  stage: 'auth' | 'other',
): Reason {
  // RFC 4954 §6: 530 required, 534 too weak, 535 invalid, 538 encryption required.
  if (code === 530 || code === 534 || code === 535) return 'auth-refused';
  if (enhanced === '5.2.2' || speaksOfFullMailbox(text)) return 'mailbox-full';
  if (enhanced === '5.7.8' || enhanced === '5.7.9') return 'auth-refused';
  if (stage === 'auth' && (code === 504 || code === 502)) return 'auth-not-offered';
  if (enhanced?.startsWith('5.7.') === true || speaksOfPolicy(text)) return 'policy-blocked';
  if (code === 552 && enhanced === null) return 'mailbox-full';
  // Some hosts answer a wrong password with a bare 550 or 526.
  return stage === 'auth' && code !== 500 && code !== 501 ? 'auth-refused' : 'rejected';
}
