import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { accountOf } from './accounts.ts';
import { dovecotConfigPath } from './dovecot.ts';
import type { Layout } from './layout.ts';

const run = promisify(execFile);

function homeOf(layout: Layout, address: string): string {
  return join(layout.mail, address.slice(0, address.lastIndexOf('@')));
}

function maildirOf(layout: Layout, address: string, mailbox: string): string {
  const root = join(homeOf(layout, address), 'Maildir');
  return mailbox === 'INBOX' ? root : join(root, `.${mailbox}`);
}

function makeMaildir(path: string): void {
  const { uid, gid } = accountOf('mail');
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = join(at, '..')) missing.unshift(at);
  for (const part of ['tmp', 'new', 'cur']) {
    if (!existsSync(join(path, part))) missing.push(join(path, part));
  }
  for (const directory of missing) {
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, uid, gid);
  }
}

function foreignMessage(address: string, id: string, at: number): string {
  return [
    `From: Somebody <somebody@elsewhere.example>`,
    `To: ${address}`,
    `Subject: foreign message ${id}`,
    `Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@elsewhere.example>`,
    '',
    'Not a probe.',
    '',
  ].join('\r\n');
}

/**
 * Puts messages that are not the probe's into a mailbox, by writing Maildir files: thousands a
 * second, past Postfix. Returns their Message-IDs with brackets.
 */
export async function deliverForeign(
  layout: Layout,
  address: string,
  mailbox: string,
  count: number,
): Promise<string[]> {
  const { uid, gid } = accountOf('mail');
  const maildir = maildirOf(layout, address, mailbox);
  makeMaildir(maildir);
  const batch = randomBytes(6).toString('hex');
  const now = Date.now();
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    // Dovecot numbers new files by name: with leading zeros that is the order of this batch.
    const id = `${batch}.${String(at).padStart(6, '0')}`;
    const text = foreignMessage(address, id, now);
    const name = `${Math.floor(now / 1000)}.${id}.tenant,S=${Buffer.byteLength(text)}`;
    const temporary = join(maildir, 'tmp', name);
    writeFileSync(temporary, text, { mode: 0o600 });
    chownSync(temporary, uid, gid);
    renameSync(temporary, join(maildir, 'new', name));
    ids.push(`<${id}@elsewhere.example>`);
    // Whoever measures in this process must not wait for all of them.
    if (at % 20 === 19) await setImmediate();
  }
  return ids;
}

/**
 * The Message-IDs (with brackets) of a mailbox, oldest first, straight from the storage: no
 * service needs to run.
 * @throws if the mailbox does not exist or the storage does not answer within 30 s.
 */
export async function listMessages(
  layout: Layout,
  address: string,
  mailbox: string,
): Promise<string[]> {
  const { uid, gid } = accountOf('mail');
  const home = homeOf(layout, address);
  makeMaildir(join(home, 'Maildir'));
  // Without -u it asks no auth service; as the owner of the files it leaves none it cannot share.
  const args = ['-c', dovecotConfigPath(layout, 'lmtp'), '-o', `mail_home=${home}`, '-f', 'json'];
  const query = ['fetch', 'hdr.message-id', 'mailbox', mailbox, 'all'];
  const { stdout } = await run('doveadm', [...args, ...query], {
    uid,
    gid,
    env: { USER: address, HOME: home, PATH: process.env.PATH },
    timeout: 30_000,
    maxBuffer: 256 << 20,
  });
  const rows = JSON.parse(stdout) as readonly Record<string, string>[];
  return rows.map((row) => (row['hdr.message-id'] ?? '').trim());
}

/** Gives a user a Sieve script of his own, from the next delivery on. */
export function writeSieve(layout: Layout, address: string, script: string): void {
  const { uid, gid } = accountOf('mail');
  const home = homeOf(layout, address);
  makeMaildir(join(home, 'Maildir'));
  const path = join(home, '.dovecot.sieve');
  writeFileSync(path, script, { mode: 0o600 });
  chownSync(path, uid, gid);
}
