import { type Stamp, stampsOf } from '../src/domain/trace.ts';

/** Fields looked at; more than a message that loops is allowed to have (RFC 5321 §6.3). */
const mostFields = 100;

/** The stamps of a header's `Received` fields, CRLF or LF; whatever else is in it is left alone. */
export function stampsIn(header: string): Stamp[] {
  const fields = header
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .filter((field) => /^received[ \t]*:/i.test(field));
  return stampsOf(fields.slice(0, mostFields).map((field) => field.slice(field.indexOf(':') + 1)));
}
