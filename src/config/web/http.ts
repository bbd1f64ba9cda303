import { z } from 'zod';
import { defaultRate, type RequestRate } from '../../domain/access.ts';
import { Secret } from '../../domain/secret.ts';
import { parseDuration } from '../duration.ts';
import type { Section } from '../section.ts';
import { isLine, part, value } from '../values.ts';

function header(expected: string, isValid: (text: string) => boolean) {
  return value<string, string>({
    expected,
    read: (input) =>
      input === '' || (isLine(input) && isValid(input)) ? String(input) : undefined,
    fallback: '',
  });
}

const anyHeader = header('one line of text', (text) => /^[\x20-\x7e]+$/.test(text));
const word = (...words: string[]) =>
  header(`one of ${words.join(', ')}`, (text) => words.includes(text.toLowerCase()));

/** The headers that the format knows, and no other. */
const headersShape = z.strictObject({
  'Content-Security-Policy': anyHeader,
  'X-Frame-Options': word('deny', 'sameorigin'),
  'X-Content-Type-Options': word('nosniff'),
  'X-XSS-Protection': anyHeader,
  'Strict-Transport-Security': anyHeader,
});

const httpShape = z.strictObject({
  http2: value({
    expected: 'true or false',
    read: (input) => (typeof input === 'boolean' ? input : undefined),
    fallback: false,
  }),
  headers: part,
});

/** `http_server_config`: the headers to set on every answer. A blank one leaves ours as it is. */
export function readHeaders(section: Section): Readonly<Record<string, string>> {
  if (section.value === undefined || section.value === null) return {};
  const decoded = section.decode(httpShape);
  if (decoded?.http2)
    section.at('http2').warn('HTTP/2 is not spoken here: clients are served over HTTP/1.1');
  const headers = section.at('headers');
  if (headers.value === undefined || headers.value === null) return {};
  const values: Readonly<Record<string, string>> = headers.decode(headersShape) ?? {};
  return Object.fromEntries(Object.entries(values).filter(([, text]) => text !== ''));
}

/** 2^15 rounds take seconds: a login would be given up before. */
const costliest = 15;
const hash = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/** `basic_auth_users`: bcrypt hashes by name. Faults never show what stands here. */
export function readUsers(section: Section): ReadonlyMap<string, Secret> {
  const users = new Map<string, Secret>();
  if (section.value === undefined || section.value === null) return users;
  if (!section.isMapping()) {
    section.fault(`expected user names with their bcrypt hashes, found ${section.found()}`);
    return users;
  }
  for (const [name, text] of Object.entries(section.value as object)) {
    const entry = section.at(name);
    const cost = typeof text === 'string' ? Number(hash.exec(text)?.[1] ?? Number.NaN) : Number.NaN;
    // A colon ends the name (RFC 7617 §2).
    if (name === '' || name.includes(':')) entry.fault('expected a user name without a colon');
    else if (Number.isNaN(cost) || cost < 4)
      entry.fault(
        'expected a bcrypt hash ($2y$10$…, 60 characters), as `htpasswd -nBC 10 ""` prints it after the colon',
      );
    else if (cost > costliest)
      entry.fault(`the bcrypt hash has cost ${cost}; at most ${costliest} is checked in time`);
    else users.set(name, new Secret(() => String(text)));
  }
  return users;
}

const rateShape = z.strictObject({
  interval: value({
    expected: 'a duration from 1ms to 1h such as 20ms, or 0 for no limit',
    read(input) {
      const milliseconds =
        input === 0 ? 0 : typeof input === 'string' ? parseDuration(input) : null;
      if (input === '0') return 0;
      return milliseconds !== null && milliseconds <= 3_600_000 ? milliseconds : undefined;
    },
    fallback: 0,
  }),
  burst: value({
    expected: 'an integer from 1 to 1000000',
    read: (input) =>
      Number.isInteger(input) && Number(input) >= 1 && Number(input) <= 1_000_000
        ? Number(input)
        : undefined,
    fallback: 1,
  }),
});

/** `rate_limit`, for each client address; left out: our own default. */
export function readRate(section: Section): RequestRate | null {
  if (section.value === undefined || section.value === null) return defaultRate;
  const decoded = section.decode(rateShape);
  return decoded === null || decoded.interval === 0 ? null : decoded;
}
