import { z } from 'zod';
import { isServedAlike } from '../domain/access.ts';
import type { Tenant } from '../domain/tenant.ts';
import { readAlertmanager } from './alertmanager.ts';
import { readBrowser } from './browser.ts';
import { besides, type Files, realFiles, unreadable } from './files.ts';
import { Section } from './section.ts';
import type { HostAndPort, LoadedSettings, Settings } from './settings.ts';
import { readSink } from './sink.ts';
import { parseSource, type Source } from './source.ts';
import { readTenants } from './tenants.ts';
import { host, isLine, part, port, readHostAndPort, value } from './values.ts';
import { readWeb, type WebFlags } from './web/settings.ts';
import { newWorld, type World } from './world.ts';

const defaultListen: readonly HostAndPort[] = [{ host: '0.0.0.0', port: 9925 }];

/** What else decides a load besides the file. */
export interface LoadOptions {
  readonly web?: WebFlags;
  /** What runs now: a change of what cannot change while running is a fault. */
  readonly running?: Settings;
}

/**
 * Reads a configuration and everything that it refers to: contracts, flows, authorities, secrets.
 * Relative paths in it start at its own folder. All faults come at once; bad input never throws.
 */
export function loadSettings(
  file: string,
  env: World['env'] = process.env,
  files: Files = realFiles,
  options: LoadOptions = {},
): LoadedSettings {
  let text: string;
  try {
    text = files.read(file);
  } catch (error) {
    return refusal(file, `the configuration cannot be read: ${unreadable(error)}`);
  }
  const { source, faults } = parseSource(text, file);
  if (source === null) return { settings: null, faults, warnings: [] };
  if (source.data === null) return refusal(file, 'the configuration is empty');
  return readSettings(source, newWorld(env, files), options);
}

function refusal(file: string, message: string): LoadedSettings {
  const fault = { file, line: null, column: null, path: '', message };
  return { settings: null, faults: [fault], warnings: [] };
}

const settingsShape = z.strictObject({
  listen: part,
  web: part,
  database: value({
    expected: 'the path of the database file',
    read: (input) => (isLine(input) ? input : undefined),
    fallback: './data/mailminute.db',
  }),
  controls: part,
  browser: part,
  alertmanager: part,
  sink: part,
  tenants: part,
});

function readSettings(
  source: Source,
  world: World,
  { web: flags = {}, running }: LoadOptions,
): LoadedSettings {
  const root = new Section(source, world.findings);
  const decoded = root.decode(settingsShape);
  const { faults, warnings } = world.findings;
  if (!root.isMapping()) return { settings: null, faults, warnings };
  const listen = readListen(root.at('listen'));
  const web = readWeb(root.at('web'), flags, world);
  const controls = readControls(root.at('controls'));
  const sink = readSink(root.at('sink'), world);
  const browser = readBrowser(root.at('browser'), source.file);
  const alertmanager = readAlertmanager(root.at('alertmanager'), world);
  const isFaultySink = sink === null && root.at('sink').value !== undefined;
  const sinkAddress = isFaultySink ? undefined : (sink?.address ?? null);
  const tenants = readTenants(root.at('tenants'), sinkAddress, world);
  askForBrowser(root, tenants);
  if (faults.length > 0 || decoded === null) return { settings: null, faults, warnings };
  const settings: Settings = {
    listen,
    web,
    database: besides(source.file, decoded.database).path,
    controls,
    browser,
    alertmanager,
    ...(sink && { sink }),
    tenants,
    contracts: world.contracts,
  };
  if (running !== undefined) refuseFixed(root, running, settings);
  return { settings: faults.length > 0 ? null : settings, faults, warnings };
}

/** What is taken up at the start only. */
function refuseFixed(root: Section, running: Settings, next: Settings): void {
  const places = ({ listen }: Settings) => listen.map(({ host, port }) => `${host}:${port}`).join();
  if (places(running) !== places(next)) root.at('listen').fault(`it ${fixed}`);
  if (running.database !== next.database) root.at('database').fault(`it ${fixed}`);
  const programOf = ({ browser }: Settings) => `${browser?.executable} ${browser?.sandbox}`;
  if (running.browser !== null && programOf(running) !== programOf(next))
    root.at('browser').fault(`it ${fixed}`);
  if (!isServedAlike(running.web.access, next.web.access))
    root.at('web').fault(`whether TLS is spoken, and its client_auth_type, ${fixed}`);
}

const fixed = 'cannot change while the daemon runs: restart it to have the new one';

/** A flow that drives a browser needs one to drive. */
function askForBrowser(root: Section, tenants: readonly Tenant[]): void {
  if (root.has('browser')) return;
  const needs = tenants.find(({ webmail }) => webmail?.flow.driver === 'browser');
  if (needs === undefined) return;
  root.fault(
    `the webmail flow of tenant ${needs.name} drives a browser, and none is configured: name one, as in browser: { executable: /usr/bin/chromium }`,
  );
}

/** One `HOST:PORT`, or a list of up to 8. */
function readListen(section: Section): readonly HostAndPort[] {
  if (section.value === undefined) return defaultListen;
  const single = !Array.isArray(section.value);
  const entries = single ? [section] : (section.list('addresses', 1, 8) ?? []);
  return entries.flatMap((entry) => {
    const address = readHostAndPort(entry.value);
    if (address !== undefined) return [address];
    entry.fault(`expected HOST:PORT such as 0.0.0.0:9925 or [::]:9925, found ${entry.found()}`);
    return [];
  });
}

const controlShape = z.strictObject({ host, port });

function readControls(section: Section): readonly HostAndPort[] {
  const entries = section.value === undefined ? [] : (section.list('targets', 0, 9) ?? []);
  const controls = entries.map((entry) => entry.decode(controlShape));
  controls.forEach((control, position) => {
    const twin = controls.findIndex((one) => control !== null && isSame(one, control));
    if (twin < position && twin >= 0) {
      entries[position]?.fault(
        `the same target as controls[${twin}]; its failure would count twice`,
      );
    }
  });
  if (entries.length < 3) {
    section.warn(
      'fewer than 3 control targets: a fault of our own network may be taken for the provider’s',
    );
  }
  return controls.filter((control) => control !== null);
}

function isSame(one: HostAndPort | null, other: HostAndPort): boolean {
  return one !== null && one.host === other.host && one.port === other.port;
}
