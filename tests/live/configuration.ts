import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../daemon/daemon.ts';
import type { RealTenant } from '../tenant/tenant.ts';

export interface LiveConfig {
  readonly path: string;
  readonly database: string;
}

/**
 * One daemon with three tenants: `lines` has SMTP, IMAP and POP of the one server, `web` has the
 * webmail of the other, whose IMAP nobody touches (an IMAP outage is one of every webmail on it), and
 * `wrong` asks that other server with a wrong password.
 */
export async function writeLiveConfig(lines: RealTenant, web: RealTenant): Promise<LiveConfig> {
  const { directory } = lines;
  const database = join(directory, 'live.db');
  const secret = (name: string, text: string): string => {
    const path = join(directory, `live-${name}`);
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    return path;
  };
  const mailbox = ({ probe }: RealTenant, path: string) =>
    `mailbox: { address: ${probe.address}, password: { file: ${path} } }`;
  const endpoints = ({ endpoints: { smtps, imaps, pop3s }, ca }: RealTenant) =>
    Object.entries({ smtp: smtps, imap: imaps, pop: pop3s })
      .map(([name, at]) => {
        return `${name}: { host: ${at.host}, port: ${at.port}, tls: implicit, ca: ${ca.path} }`;
      })
      .join('\n    ');
  const path = join(directory, 'live.yaml');
  writeFileSync(
    path,
    `listen: "127.0.0.1:${await freePort('127.0.0.1')}"
database: ${database}
controls: []
tenants:
  - name: lines
    contract: one-minute
    ${mailbox(lines, secret('lines', lines.probe.password))}
    ${endpoints(lines)}
  - name: web
    contract: one-minute
    ${mailbox(web, secret('web', web.probe.password))}
    webmail: { url: "${web.webmail.url}", flow: roundcube, ca: ${web.ca.path}, consent: the tests' own webmail, send_interval: off }
  - name: wrong
    contract: one-minute
    ${mailbox(web, secret('wrong', 'not-the-password'))}
    ${endpoints(web)}
`,
  );
  return { path, database };
}
