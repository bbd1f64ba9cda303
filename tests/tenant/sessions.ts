import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Dialogue, open } from './dialogue.ts';
import type { RealTenant, TenantUser } from './tenant.ts';

/** A connection to one of the tenant's listeners. */
export function dial(tenant: RealTenant, name: keyof RealTenant['endpoints']): Promise<Dialogue> {
  return open(tenant.endpoints[name], tenant.ca.text);
}

/** The argument of AUTH PLAIN (RFC 4616 §2). */
export function plainCredentials({ address, password }: TenantUser): string {
  return Buffer.from(`\0${address}\0${password}`).toString('base64');
}

/** A submission session after the probe's login. */
export async function authenticated(
  tenant: RealTenant,
  name: 'submission' | 'smtps',
): Promise<Dialogue> {
  const smtp = await dial(tenant, name);
  await smtp.expect(/^220 .*\r\n$/);
  await smtp.ask('EHLO probe.example', /^250 .*\r\n$/m);
  if (name === 'submission') {
    await smtp.ask('STARTTLS', /^220 /);
    await smtp.secure(tenant.ca.text);
    await smtp.ask('EHLO probe.example', /^250 .*\r\n$/m);
  }
  await smtp.ask(`AUTH PLAIN ${plainCredentials(tenant.probe)}`, /^235 /);
  return smtp;
}

/** Sends one message; resolves at the 250 after the final dot. */
export async function send(
  smtp: Dialogue,
  from: TenantUser,
  to: string,
  id: string,
  header = '',
): Promise<void> {
  await smtp.ask(`MAIL FROM:<${from.address}>`, /^250 /);
  await smtp.ask(`RCPT TO:<${to}>`, /^250 /);
  await smtp.ask('DATA', /^354 /);
  await smtp.ask(`${header}Message-ID: <${id}>\r\nSubject: ${id}\r\n\r\ntext\r\n.`, /^250 /);
}

/** An IMAP session after a login, before SELECT. */
export async function imapLogin(tenant: RealTenant, user = tenant.probe): Promise<Dialogue> {
  const imap = await dial(tenant, 'imaps');
  await imap.expect(/^\* OK /);
  await imap.ask(`a LOGIN ${user.address} ${user.password}`, /^a OK /m);
  return imap;
}

/** Waits until a message is in a mailbox; the time is a bound against hanging, not an expectation. */
export async function arrival(
  tenant: RealTenant,
  id: string,
  user: TenantUser,
  mailbox = 'INBOX',
): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await tenant.list(mailbox, user)).includes(`<${id}>`)) return;
    await sleep(25);
  }
  assert.fail(`<${id}> did not arrive in ${mailbox} of ${user.address}`);
}

/** A user whom no other test knows. */
export async function person(tenant: RealTenant): Promise<TenantUser> {
  return tenant.addUser(`user-${process.hrtime.bigint()}`);
}
