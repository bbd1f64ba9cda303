import type { RequestStep } from '../../src/domain/flow.ts';
import { expand } from '../../src/domain/flow-text.ts';
import { Fault } from '../failure.ts';
import type { PageRequest } from './http-client.ts';
import type { Lookup } from './judge.ts';

/** Errors in a webmail's pages are recognised by their English text, so English is asked for. */
const ownHeaders = {
  'user-agent': 'mailminute/0.1',
  accept: 'text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8',
  'accept-language': 'en',
  // A compressed page could unfold to gigabytes.
  'accept-encoding': 'identity',
};

/** A step's request with its variables filled in, each escaped for its place. @throws Fault */
export function requestOf(step: RequestStep, base: URL, lookup: Lookup): PageRequest {
  const { method, path, form, encoding } = step.request;
  const filled = expand(path, (name) => encodeURIComponent(lookup(name).toWellFormed()));
  const url = URL.parse(filled, base.href);
  if (url === null) throw new Fault('content-mismatch', 'a value from the page makes no address');
  // An empty value may leave `//`, and what follows would be another host (RFC 3986 §4.2).
  if (url.origin !== base.origin) {
    throw new Fault('content-mismatch', 'a value from the page leads to another origin');
  }
  const headers: Record<string, string> = { ...ownHeaders };
  for (const [name, value] of Object.entries(step.request.headers)) {
    headers[name.toLowerCase()] = headerValue(expand(value, lookup));
  }
  if (method === 'GET') return { method, url, headers, body: null };
  const fields = Object.entries(form).map(([name, value]): [string, string] => [
    name,
    expand(value, lookup),
  ]);
  const json = encoding === 'json';
  headers['content-type'] = json ? 'application/json' : 'application/x-www-form-urlencoded';
  headers.origin ??= base.origin;
  const body = json
    ? JSON.stringify(Object.fromEntries(fields))
    : new URLSearchParams(fields).toString();
  return { method, url, headers, body };
}

/** A value from a page goes into a header: a line end within it would be a header of its own. */
function headerValue(value: string): string {
  if (/^[\t\x20-\x7e]*$/.test(value)) return value;
  throw new Fault('content-mismatch', 'a value from the page cannot stand in a header');
}

/** For the transcript: the flow's own text, so that no value of a session or a password is in it. */
export function describeRequest(step: RequestStep): string {
  const { method, path, form } = step.request;
  const fields = Object.entries(form).map(([name, value]) =>
    value.includes('password') ? `${name}=[secret]` : name,
  );
  return fields.length === 0
    ? `${method} ${path} (${step.name})`
    : `${method} ${path} (${step.name}; form: ${fields.join(', ')})`;
}
