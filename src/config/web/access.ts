import { resolve } from 'node:path';
import { z } from 'zod';
import { openAccess, type WebAccess } from '../../domain/access.ts';
import type { ConfigFault } from '../fault.ts';
import { type Files, realFiles, unreadable } from '../files.ts';
import { Section } from '../section.ts';
import { parseSource, type Source } from '../source.ts';
import { part } from '../values.ts';
import { newWorld, type World } from '../world.ts';
import { readHeaders, readRate, readUsers } from './http.ts';
import { readTls } from './tls.ts';

/** `access` is null if and only if there are faults. */
export interface LoadedAccess {
  readonly access: WebAccess | null;
  readonly faults: readonly ConfigFault[];
  readonly warnings: readonly ConfigFault[];
}

const accessShape = z.strictObject({
  tls_server_config: part,
  http_server_config: part,
  basic_auth_users: part,
  rate_limit: part,
});

/**
 * Reads a web configuration file in the format of Prometheus' exporter-toolkit, and what it names.
 * Relative paths in it start at its own folder. All faults come at once; bad input never throws.
 */
export function loadAccess(file: string, files: Files = realFiles): LoadedAccess {
  const refuse = (message: string): LoadedAccess => ({
    access: null,
    faults: [{ file, line: null, column: null, path: '', message }],
    warnings: [],
  });
  let text: string;
  try {
    text = files.read(file);
  } catch (error) {
    return refuse(`the web configuration cannot be read: ${unreadable(error)}`);
  }
  const { source, faults } = parseSource(text, file);
  if (source === null) return { access: null, faults, warnings: [] };
  const path = resolve(file);
  // As in the exporters: a file that says nothing asks for nothing.
  if (source.data === null)
    return { access: { ...openAccess, files: [path] }, faults, warnings: [] };
  return readAccess(source, path, newWorld({}, files));
}

function readAccess(source: Source, path: string, world: World): LoadedAccess {
  const root = new Section(source, world.findings);
  root.decode(accessShape);
  const { faults, warnings } = world.findings;
  if (!root.isMapping()) return { access: null, faults, warnings };
  const tls = readTls(root.at('tls_server_config'), world);
  const headers = readHeaders(root.at('http_server_config'));
  const users = readUsers(root.at('basic_auth_users', { discreet: true }));
  const rate = readRate(root.at('rate_limit'));
  if (faults.length > 0) return { access: null, faults, warnings };
  if (users.size > 0 && tls === null)
    root
      .at('basic_auth_users')
      .warn('without tls_server_config, passwords cross the network as they are');
  const files = [path, ...(tls?.files ?? [])];
  return { access: { tls: tls?.tls ?? null, headers, users, rate, files }, faults, warnings };
}
