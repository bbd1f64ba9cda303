import type { StoredMessage } from '../mailbox.ts';
import { headerFields, splitMessage } from '../message.ts';
import { envelopeOf } from './envelope.ts';
import { ParseError, type Token, textOf } from './parse.ts';

/** One data item of a FETCH: its text for a message, and whether reading it marks the message seen. */
interface FetchItem {
  readonly render: (message: StoredMessage) => string;
  readonly marksSeen: boolean;
}

const macros: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
};

const simple: Readonly<Record<string, (message: StoredMessage) => string>> = {
  UID: (message) => `UID ${message.uid}`,
  FLAGS: (message) => `FLAGS (${[...message.flags].join(' ')})`,
  'RFC822.SIZE': (message) => `RFC822.SIZE ${message.text.length}`,
  INTERNALDATE: (message) => `INTERNALDATE "${internalDate(message.receivedAt)}"`,
  ENVELOPE: (message) => `ENVELOPE ${envelopeOf(message.header)}`,
  'RFC822.HEADER': (message) => `RFC822.HEADER ${literal(message.header)}`,
};

/** The items that a FETCH asks for (RFC 3501 §6.4.5), those served here. @throws ParseError for others. */
export function fetchItems(tokens: readonly Token[]): FetchItem[] {
  const names = tokens.map(textOf);
  const [first = ''] = names;
  const macro = names.length === 1 ? macros[first.toUpperCase()] : undefined;
  return (macro ?? names).map(fetchItem);
}

function fetchItem(name: string): FetchItem {
  const upper = name.toUpperCase();
  const render = Object.hasOwn(simple, upper) ? simple[upper] : undefined;
  if (render !== undefined) return { render, marksSeen: false };
  if (upper === 'RFC822') {
    return { render: (message) => `RFC822 ${literal(message.text)}`, marksSeen: true };
  }
  const body = /^BODY(\.PEEK)?\[([^\]]*)\](?:<(\d{1,9})\.(\d{1,9})>)?$/i.exec(name);
  if (body === null) throw new ParseError('unknown FETCH item');
  const [, peek, section = '', offset, length] = body;
  const part = sectionOf(section);
  const label = `BODY[${section}]${offset === undefined ? '' : `<${offset}>`}`;
  const cut = (text: string): string =>
    offset === undefined ? text : text.slice(Number(offset), Number(offset) + Number(length));
  return {
    render: (message) => `${label} ${literal(cut(part(message)))}`,
    marksSeen: peek === undefined,
  };
}

function sectionOf(section: string): (message: StoredMessage) => string {
  const upper = section.toUpperCase();
  if (upper === '') return (message) => message.text;
  if (upper === 'HEADER') return (message) => message.header;
  if (upper === 'TEXT') return (message) => splitMessage(message.text).body;
  const fields = /^HEADER\.FIELDS(\.NOT)? \(([^()]*)\)$/.exec(upper);
  if (fields === null) throw new ParseError('unknown section');
  const names = new Set((fields[2] ?? '').replaceAll('"', '').split(' '));
  const wanted = fields[1] === undefined;
  return (message) =>
    `${headerFields(message.header)
      .filter((field) => names.has(field.name.toUpperCase()) === wanted)
      .map((field) => field.raw)
      .join('')}\r\n`;
}

function literal(text: string): string {
  return `{${text.length}}\r\n${text}`;
}

/** RFC 3501 §9 `date-time`, in UTC. `at`: wall ms. */
function internalDate(at: number): string {
  const [, day = '', month = '', year = '', time = ''] = new Date(at).toUTCString().split(' ');
  return `${day}-${month}-${year} ${time} +0000`;
}
