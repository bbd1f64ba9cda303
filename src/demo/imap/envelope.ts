import { fieldValue } from '../message.ts';
import { imapString } from './parse.ts';

/** ENVELOPE of a header (RFC 3501 §7.4.2). */
export function envelopeOf(header: string): string {
  const text = (name: string): string => nullable(fieldValue(header, name));
  const from = addresses(fieldValue(header, 'from'));
  const orFrom = (name: string): string => {
    const own = addresses(fieldValue(header, name));
    return own === 'NIL' ? from : own;
  };
  const others = ['to', 'cc', 'bcc'].map((name) => addresses(fieldValue(header, name)));
  return `(${[
    text('date'),
    text('subject'),
    from,
    orFrom('sender'),
    orFrom('reply-to'),
    ...others,
    text('in-reply-to'),
    text('message-id'),
  ].join(' ')})`;
}

function nullable(text: string | null): string {
  return text === null || text === '' ? 'NIL' : imapString(text);
}

/** Addresses as `Name <local@domain>` or `local@domain`; groups and comments are not understood. */
function addresses(field: string | null): string {
  if (field === null) return 'NIL';
  const found: string[] = [];
  for (const part of field.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? []) {
    const address = /^\s*(?:(.*?)\s*<([^<>@\s]*)@([^<>@\s]*)>|([^<>@\s]+)@([^<>@\s]+))\s*$/.exec(
      part,
    );
    if (address === null) continue;
    const [, name, local, domain, bareLocal, bareDomain] = address;
    const person = nullable((name ?? '').replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1'));
    found.push(
      `(${person} NIL ${nullable(local ?? bareLocal ?? '')} ${nullable(domain ?? bareDomain ?? '')})`,
    );
  }
  return found.length === 0 ? 'NIL' : `(${found.join('')})`;
}
