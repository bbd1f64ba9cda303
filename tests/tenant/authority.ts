import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Layout } from './layout.ts';

const run = promisify(execFile);

async function openssl(directory: string, ...args: string[]): Promise<void> {
  await run('openssl', args, { cwd: directory, timeout: 20_000 });
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Addresses as well as names: the endpoints are loopback addresses, and SNI has no addresses. */
function extensions(layout: Layout): string {
  const names = [`mail.${layout.domain}`, 'localhost'].map((name) => `DNS:${name}`);
  const addresses = [...new Set([layout.host, '127.0.0.1', '127.0.0.2', '::1'])];
  return [
    `subjectAltName=${[...names, ...addresses.map((address) => `IP:${address}`)].join(',')}`,
    'basicConstraints=CA:FALSE',
    'extendedKeyUsage=serverAuth',
    '',
  ].join('\n');
}

/** A certificate authority of the tenant's own and one server certificate, valid for 30 days. */
export async function makeCertificates(layout: Layout): Promise<void> {
  const directory = join(layout.directory, 'tls');
  const subject = (name: string): string[] => ['-subj', `/CN=${name}`];
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '30'];
  await openssl(directory, 'req', '-x509', ...curve, ...authority, ...subject('Tenant test CA'));
  const request = ['-keyout', 'server.key', '-out', 'server.csr'];
  await openssl(directory, 'req', ...curve, ...request, ...subject(`mail.${layout.domain}`));
  writeFileSync(join(directory, 'server.ext'), extensions(layout));
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30'];
  const files = ['-in', 'server.csr', '-out', 'server.pem', '-extfile', 'server.ext'];
  await openssl(directory, 'x509', '-req', ...files, ...signing);
  chmodSync(layout.keyPath, 0o600);
}
