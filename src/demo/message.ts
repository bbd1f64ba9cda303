/** One field of a header: its name as written, its raw text with folds, and its value on one line. */
interface HeaderField {
  readonly name: string;
  readonly raw: string;
  readonly value: string;
}

/** Header (with its empty line) and body of a message; all text is Latin-1, one char a byte. */
export function splitMessage(text: string): { readonly header: string; readonly body: string } {
  if (text.startsWith('\r\n')) return { header: '\r\n', body: text.slice(2) };
  const gap = text.indexOf('\r\n\r\n');
  if (gap < 0) return { header: text, body: '' };
  return { header: text.slice(0, gap + 4), body: text.slice(gap + 4) };
}

/** The fields in order; lines that are no field are left out. */
export function headerFields(header: string): HeaderField[] {
  const fields: HeaderField[] = [];
  for (const raw of header.split(/\r\n(?![ \t])/)) {
    const colon = raw.indexOf(':');
    if (colon < 1) continue;
    const value = raw.slice(colon + 1).replace(/\r\n(?=[ \t])/g, '');
    fields.push({ name: raw.slice(0, colon).trim(), raw: `${raw}\r\n`, value: value.trim() });
  }
  return fields;
}

/** Value of the first field of this name; null if there is none. */
export function fieldValue(header: string, name: string): string | null {
  const wanted = name.toLowerCase();
  return headerFields(header).find((field) => field.name.toLowerCase() === wanted)?.value ?? null;
}

/** Header text for people: UTF-8, RFC 2047 encoded words decoded where they are well-formed UTF-8. */
export function readableHeader(value: string): string {
  const utf8 = Buffer.from(value, 'latin1').toString('utf8');
  // RFC 2047 §6.2: white space between two encoded words is not shown.
  const joined = utf8.replace(/(\?=)\s+(?==\?)/g, '$1');
  return joined.replace(/=\?utf-8\?([bq])\?([^?\s]*)\?=/gi, (_word, encoding, content) =>
    encoding.toLowerCase() === 'b'
      ? Buffer.from(content, 'base64').toString('utf8')
      : quotedWord(content),
  );
}

function quotedWord(content: string): string {
  const bytes = content
    .replaceAll('_', ' ')
    .replace(/=([0-9a-f]{2})/gi, (_octet, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Date and time as RFC 5322 §3.3 writes them, in UTC. `at`: wall ms. */
export function mailDate(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
