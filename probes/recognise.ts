import { isPosted, messageIdOf, tokenShape } from './message.ts';

/** What a message's header says about it. */
export interface Recognised {
  /** Ours, with this token, and not a report or reply about it; else null. */
  readonly token: string | null;
  readonly anchor: boolean;
  /** A delivery report (RFC 3464), about whatever message. */
  readonly report: boolean;
}

/** The first value of each field, unfolded; names in lower case. */
export function fieldsOf(header: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const field of header.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = field.indexOf(':');
    const name = field.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    if (name !== '' && !fields.has(name)) fields.set(name, field.slice(colon + 1).trim());
  }
  return fields;
}

/**
 * Recognises our own message by its header (CRLF or LF) and the addresses it may come from. A delivery report or an automatic answer that
 * quotes the token is none: it proves that something came back, not that the message arrived.
 */
export function recognise(header: string, ...addresses: readonly string[]): Recognised {
  const fields = fieldsOf(header);
  const report = /^multipart\/report\b/i.test(fields.get('content-type') ?? '');
  const about =
    report ||
    /^auto-replied\b/i.test(fields.get('auto-submitted') ?? '') ||
    fields.get('return-path') === '<>';
  if (about) return { token: null, anchor: false, report };
  return {
    report,
    token: tokenIn(fields, addresses),
    anchor: fields.get('x-mailminute-anchor') === '1',
  };
}

/**
 * From our own header, or from the Message-ID, whichever the provider has left as it was. A webmail writes
 * its own: then the subject must be exactly ours and the sender ourselves, so that no forward or answer counts.
 */
function tokenIn(fields: ReadonlyMap<string, string>, addresses: readonly string[]): string | null {
  const own = fields.get('x-mailminute-token') ?? '';
  if (tokenShape.test(own)) return own;
  const subject = /^mailminute probe ([A-Za-z0-9_-]{1,64})$/.exec(fields.get('subject') ?? '')?.[1];
  if (subject === undefined) return null;
  if (isPosted(subject)) {
    const from = fields.get('from') ?? '';
    return addresses.some((address) => isFrom(from, address)) ? subject : null;
  }
  const id = (fields.get('message-id') ?? '').toLowerCase();
  const known = addresses.some((address) => id === messageIdOf(subject, address).toLowerCase());
  return known ? subject : null;
}

/** RFC 5322 §3.4: the address stands alone, or in angle brackets behind a name. */
function isFrom(field: string, address: string): boolean {
  const bare = /<([^<>]*)>\s*$/.exec(field)?.[1] ?? field;
  return bare.trim().toLowerCase() === address.toLowerCase();
}
