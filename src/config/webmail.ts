import { z } from 'zod';
import type { Flow, Webmail } from '../domain/tenant.ts';
import { readAuthority } from './authority.ts';
import { isLoopback } from './endpoint.ts';
import { decodeFlow } from './flow.ts';
import { readReferenced } from './reference.ts';
import type { Section } from './section.ts';
import { part, value } from './values.ts';
import type { World } from './world.ts';

const webmailShape = z.strictObject({
  url: value({
    expected: 'an http or https URL without user, query and fragment',
    read: readUrl,
  }),
  ca: part,
  flow: part,
});

/** Where the webmail is, and how it is walked through; null when absent or faulty. */
export function readWebmail(section: Section, world: World): Webmail | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(webmailShape);
  if (!section.isMapping()) return null;
  const ca = readAuthority(section.at('ca'), world);
  const flow = readFlow(section.at('flow'), world);
  if (decoded === null || flow === null) return null;
  warnOfDoubts(section, new URL(decoded.url));
  return { url: decoded.url, ca, flow };
}

function warnOfDoubts(section: Section, url: URL): void {
  if (url.protocol !== 'http:') return;
  if (section.has('ca')) section.at('ca').warn('has no effect with http');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!isLoopback(host)) {
    section.at('url').warn('the password will cross the network unencrypted (http)');
  }
}

function readFlow(section: Section, world: World): Flow | null {
  const referenced = readReferenced(section, 'flows', 'page', world.flowFiles, world);
  if (referenced === null) return null;
  const { path, shown, text } = referenced;
  if (text === null) return world.flowFiles.get(path) ?? null;
  const { flow, faults } = decodeFlow(text, shown);
  world.findings.faults.push(...faults);
  world.flowFiles.set(path, flow);
  return flow;
}

/**
 * A flow's paths are relative to the URL, so a folder ends with a slash:
 * `https://example.net/webmail` would lose its last part otherwise (RFC 3986 §5.2.3).
 */
function readUrl(input: unknown): string | undefined {
  if (typeof input !== 'string' || !URL.canParse(input)) return undefined;
  const url = new URL(input);
  const web = url.protocol === 'https:' || url.protocol === 'http:';
  if (!web || url.username !== '' || url.password !== '') return undefined;
  if (/[?#\s]/.test(input)) return undefined;
  const last = url.pathname.split('/').at(-1) ?? '';
  if (last !== '' && !last.includes('.')) url.pathname += '/';
  return url.href;
}
