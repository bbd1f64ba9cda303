import { z } from 'zod';
import { readSecret } from './secret.ts';
import type { Section } from './section.ts';
import type { AlertmanagerSettings } from './settings.ts';
import { isLine, part, value } from './values.ts';
import type { World } from './world.ts';

const shape = z.strictObject({
  urls: part,
  labels: part,
  username: value({
    expected: 'a login name',
    read: (input) => (isLine(input) && !input.includes(':') ? input : undefined),
    fallback: null,
  }),
  password: part,
});

/** Labels that the alert has by itself. */
const ownLabels = ['alertname', 'tenant', 'severity'];

/** `alertmanager:`; null when absent or faulty. */
export function readAlertmanager(section: Section, world: World): AlertmanagerSettings | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(shape);
  if (!section.isMapping()) return null;
  const urls = (section.at('urls').list('URLs', 1, 8) ?? []).flatMap(readUrl);
  const labels = readLabels(section.at('labels'));
  const login = readLogin(section, decoded?.username ?? null, world);
  return decoded === null ? null : { urls, labels, login };
}

function readUrl(entry: Section): string[] {
  const text = entry.value;
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : null;
  const web = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url !== null && web && url.username === '' && url.search === '' && url.hash === '')
    return [url.href];
  entry.fault(
    'expected the base URL of an Alertmanager such as http://alertmanager:9093, without user and query',
  );
  return [];
}

function readLabels(section: Section): Readonly<Record<string, string>> {
  if (section.value === undefined) return {};
  if (!section.isMapping()) {
    section.fault(`expected a mapping of labels, found ${section.found()}`);
    return {};
  }
  const labels: Record<string, string> = {};
  for (const [name, text] of Object.entries(section.value as Record<string, unknown>)) {
    const entry = section.at(name);
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || ownLabels.includes(name))
      entry.fault(`expected the name of a label other than ${ownLabels.join(', ')}`);
    else if (!isLine(text)) entry.fault(`expected a text, found ${entry.found()}`);
    else labels[name] = text;
  }
  return labels;
}

function readLogin(
  section: Section,
  username: string | null,
  world: World,
): AlertmanagerSettings['login'] {
  const given = section.has('password');
  const password = given ? readSecret(section.at('password', { discreet: true }), world) : null;
  if (given !== (username !== null)) {
    section.fault(`expected username and password together, found one of them`);
    return null;
  }
  return username === null || password === null ? null : { username, password };
}
