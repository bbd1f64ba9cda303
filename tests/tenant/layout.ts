import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountOf } from './accounts.ts';
import { freePorts } from './ports.ts';

const portNames = [
  'submission',
  'smtps',
  'mx',
  'imap',
  'imaps',
  'pop3',
  'pop3s',
  'https',
  'http',
  'metrics',
] as const;

/** Where everything of one tenant lives; every path is absolute and below `directory`. */
export interface Layout {
  readonly directory: string;
  readonly domain: string;
  readonly host: string;
  readonly ports: Readonly<Record<(typeof portNames)[number], number>>;
  readonly caPath: string;
  readonly certificatePath: string;
  readonly keyPath: string;
  /** Folder of Dovecot's passwd-files, one for each address. */
  readonly passwords: string;
  /** Postfix's table of addresses, the source of the hash next to it. */
  readonly addressesPath: string;
  readonly logs: string;
  readonly mail: string;
  readonly postfix: { readonly config: string; readonly queue: string; readonly data: string };
  readonly lmtpSocket: string;
  readonly saslSocket: string;
  readonly webmail: string;
  readonly fpmSocket: string;
}

function makeDirectory(path: string, mode: number, owner?: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  if (owner === undefined) return;
  const account = accountOf(owner);
  chownSync(path, account.uid, account.gid);
}

/**
 * A fresh directory with the owners that each daemon insists on. The path is short on purpose: a
 * unix socket's path ends at 107 bytes.
 */
export async function makeLayout(host: string, domain: string): Promise<Layout> {
  const directory = mkdtempSync(join(tmpdir(), 'mailminute-tenant-'));
  const below = (path: string): string => join(directory, path);
  makeDirectory(directory, 0o755);
  makeDirectory(below('tls'), 0o755);
  makeDirectory(below('log'), 0o755);
  makeDirectory(below('secrets'), 0o700);
  makeDirectory(below('postfix'), 0o755);
  makeDirectory(below('spool'), 0o755);
  makeDirectory(below('data'), 0o700, 'postfix');
  makeDirectory(below('mail'), 0o700, 'mail');
  makeDirectory(below('dovecot'), 0o755);
  makeDirectory(below('dovecot/users'), 0o750, 'dovecot');
  makeDirectory(below('nginx'), 0o755);
  makeDirectory(below('webmail'), 0o750, 'www-data');
  for (const part of ['temp', 'log', 'config']) {
    makeDirectory(below(`webmail/${part}`), 0o750, 'www-data');
  }
  const numbers = await freePorts(host, portNames.length);
  const ports = Object.fromEntries(portNames.map((name, at) => [name, numbers[at] ?? 0]));
  return {
    directory,
    domain,
    host,
    ports: ports as Layout['ports'],
    caPath: below('tls/ca.pem'),
    certificatePath: below('tls/server.pem'),
    keyPath: below('tls/server.key'),
    passwords: below('dovecot/users'),
    addressesPath: below('postfix/addresses'),
    logs: below('log'),
    mail: below('mail'),
    postfix: { config: below('postfix'), queue: below('spool'), data: below('data') },
    lmtpSocket: below('dovecot/lmtp/lmtp'),
    saslSocket: below('dovecot/auth/sasl'),
    webmail: below('webmail'),
    fpmSocket: below('webmail/fpm.sock'),
  };
}
