import { TextDecoder } from 'node:util';
import { Fault } from '../failure.ts';

/** Bytes of one page that are read; a login page or a list of messages is far below. */
export const bodyLimit = 2 * 1024 * 1024;

/** The whole body, bounded. @throws Fault `protocol-error` beyond `bodyLimit`. */
export async function readBody(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bodyLimit) {
      throw new Fault('protocol-error', `a page of more than ${bodyLimit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The body by the charset of its content type (a webmail may still send GBK); UTF-8 by default. */
export function textOf(bytes: Buffer, contentType: string | null): string {
  const label = /;\s*charset\s*=\s*"?([A-Za-z0-9_.:-]{1,40})/i.exec(contentType ?? '')?.[1];
  return decoderOf(label ?? 'utf-8').decode(bytes);
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder(); // an unknown label: the page's markers are ASCII nearly always
  }
}

/** Longer than any secret in any escaped form: what is masked must not have been cut before. */
const margin = 1000;

/** What a person would read of a page, on one masked line: no scripts, styles or tags. */
export function excerptOf(body: string, limit: number, mask: (text: string) => string): string {
  const read = unescaped(visibleText(mask(body), limit + margin));
  const line = mask(read.replace(/[\s\p{Cc}]+/gu, ' ').trim());
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}

/** At least `length` characters between tags, if there are so many. Linear, whatever the page is. */
function visibleText(body: string, length: number): string {
  const lower = body.toLowerCase();
  let text = '';
  let position = 0;
  while (text.length < length) {
    const tag = lower.indexOf('<', position);
    if (tag < 0) return text + body.slice(position, position + length);
    text += `${body.slice(position, Math.min(tag, position + length))} `;
    const hidden = ['script', 'style'].find((name) => lower.startsWith(name, tag + 1));
    const close = hidden === undefined ? tag : lower.indexOf(`</${hidden}`, tag);
    // One that is never closed hides the rest; searching on from -1 would begin all over again.
    const end = close < 0 ? close : lower.indexOf('>', close);
    if (end < 0) return text;
    position = end + 1;
  }
  return text;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function unescaped(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{2,4}));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
