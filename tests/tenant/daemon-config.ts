import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

function endpoint(layout: Layout, port: number): string {
  return `{ host: "${layout.host}", port: ${port}, tls: implicit, ca: ${layout.caPath} }`;
}

/**
 * Writes `mailminute.yaml`, which probes this tenant over implicit TLS as `address`, and the
 * secret's file. There are no control targets: nothing beyond this machine is asked.
 * Returns its path.
 */
export function writeDaemonConfig(layout: Layout, address: string, password: string): string {
  const secret = join(layout.directory, 'secrets', 'probe');
  writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  const host = layout.host.includes(':') ? `[${layout.host}]` : layout.host;
  const path = join(layout.directory, 'mailminute.yaml');
  writeFileSync(
    path,
    `listen: "${host}:${layout.ports.metrics}"
database: ${join(layout.directory, 'mailminute.db')}
controls: []
tenants:
  - name: tenant
    contract: tencent-exmail-2020
    zone: Asia/Shanghai
    mailbox:
      address: ${address}
      password: { file: ${secret} }
    smtp: ${endpoint(layout, layout.ports.smtps)}
    imap: ${endpoint(layout, layout.ports.imaps)}
    pop: ${endpoint(layout, layout.ports.pop3s)}
    webmail: { url: "https://${host}:${layout.ports.https}/", flow: roundcube, consent: the tests' own webmail, send_interval: off, ca: ${layout.caPath} }
`,
  );
  return path;
}
