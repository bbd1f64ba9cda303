import { z } from 'zod';
import type { Flow } from '../domain/flow.ts';
import type { Webmail } from '../domain/tenant.ts';
import { readAuthority } from './authority.ts';
import { parseDuration } from './duration.ts';
import { isLoopback } from './endpoint.ts';
import { decodeFlow } from './flow.ts';
import { readReferenced } from './reference.ts';
import type { Section } from './section.ts';
import { isLine, part, value } from './values.ts';
import type { World } from './world.ts';

const minute = 60_000;

const webmailShape = z.strictObject({
  url: value({
    expected: 'an http or https URL without user, query and fragment',
    read: readUrl,
  }),
  ca: part,
  flow: part,
  consent: value({
    expected: 'one line of up to 500 characters: who allowed that a script logs in, and when',
    read: (input) => (isLine(input) && input.length <= 500 ? input.trim() : undefined),
    fallback: null,
  }),
  send_interval: value({
    expected: 'off, or a duration from 30s to 1d such as 10m',
    read: readSendInterval,
    fallback: 10 * minute,
  }),
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
  const { url, consent } = decoded;
  askForConsent(section, flow, consent);
  const sendInterval = sends(flow) ? decoded.send_interval : null;
  if (!sends(flow) && section.has('send_interval'))
    section.at('send_interval').warn(`has no effect: the flow ${flow.name} sends nothing`);
  return { url, ca, flow, consent, sendInterval };
}

const logsIn = (flow: Flow) => flow.steps.some(({ phase }) => phase === 'auth');
const sends = (flow: Flow) => flow.steps.some(({ phase }) => phase === 'send');

/** T1.29: third-party software may not log in to a webmail without permission. */
function askForConsent(section: Section, flow: Flow, consent: string | null): void {
  if (logsIn(flow) && consent === null && !section.has('consent')) {
    section
      .at('flow')
      .fault(
        `the flow ${flow.name} logs in to the webmail by a script, which some contracts forbid without permission: say in "consent", beside it, who allowed it and when, or use flow: page`,
      );
  } else if (!logsIn(flow) && consent !== null) {
    section.at('consent').warn(`is not needed: the flow ${flow.name} logs in nowhere`);
  }
}

/** Undefined for what is no interval; null for never. */
function readSendInterval(input: unknown): number | null | undefined {
  // YAML 1.2 knows no "off"; a person may still write false.
  if (input === 'off' || input === false) return null;
  const milliseconds = typeof input === 'string' ? parseDuration(input) : null;
  if (milliseconds === null || milliseconds < minute / 2 || milliseconds > 1440 * minute)
    return undefined;
  return milliseconds;
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
