import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accountOf, groupOf } from './accounts.ts';
import type { Layout } from './layout.ts';

const run = promisify(execFile);

/** Mail for this domain goes to this host and port instead of being refused. */
export interface Route {
  readonly domain: string;
  readonly host: string;
  readonly port: number;
}

/** What Postfix does with mail for this user of the tenant's, in the words of access(5): `HOLD`, `550 5.7.1 …`. */
export interface AccessRule {
  readonly user: string;
  readonly action: string;
}

function mainSettings(layout: Layout): Record<string, string> {
  return {
    compatibility_level: '3.6',
    queue_directory: layout.postfix.queue,
    data_directory: layout.postfix.data,
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    maillog_file: join(layout.logs, 'postfix.log'),
    maillog_file_prefixes: layout.directory,
    myhostname: `mail.${layout.domain}`,
    mydomain: layout.domain,
    // Not the host itself: Postfix knows only addresses that an interface names, which 127.0.0.2
    // is not. The listeners in master.cf name it instead.
    inet_interfaces: 'loopback-only',
    inet_protocols: 'all',
    mynetworks: '',
    mydestination: '',
    local_recipient_maps: '',
    alias_maps: '',
    alias_database: '',
    virtual_mailbox_domains: layout.domain,
    virtual_mailbox_maps: `hash:${layout.addressesPath}`,
    virtual_transport: `lmtp:unix:${layout.lmtpSocket}`,
    recipient_delimiter: '+',
    transport_maps: `texthash:${join(layout.postfix.config, 'transport')}`,
    // No DNS and nothing beyond the loopback interface: an unknown domain bounces at once.
    default_transport: 'error:5.4.4 no route to this domain',
    smtp_dns_support_level: 'disabled',
    smtp_host_lookup: 'native',
    smtpd_peername_lookup: 'no',
    smtpd_relay_restrictions: 'permit_sasl_authenticated, reject_unauth_destination',
    smtpd_recipient_restrictions: `check_recipient_access texthash:${join(layout.postfix.config, 'access')}`,
    smtpd_sasl_type: 'dovecot',
    smtpd_sasl_path: layout.saslSocket,
    smtpd_tls_chain_files: `${layout.keyPath}, ${layout.certificatePath}`,
    smtpd_tls_security_level: 'may',
    smtpd_tls_auth_only: 'yes',
    smtpd_tls_loglevel: '1',
    // Probing every few seconds must meet the server, not its brakes.
    in_flow_delay: '0',
    smtpd_error_sleep_time: '0',
    smtpd_client_connection_rate_limit: '0',
    smtpd_client_connection_count_limit: '0',
    smtpd_client_auth_rate_limit: '0',
    // Without this, an smtpd that died of a missing SASL socket is held back for 60 s.
    service_throttle_time: '1s',
    minimal_backoff_time: '5s',
    maximal_backoff_time: '10s',
    queue_run_delay: '5s',
    transport_retry_time: '5s',
    message_size_limit: '10485760',
    virtual_mailbox_limit: '0',
    enable_long_queue_ids: 'yes',
    notify_classes: '',
    biff: 'no',
  };
}

function listener(layout: Layout, port: number, settings: readonly string[]): string {
  const host = layout.host.includes(':') ? `[${layout.host}]` : layout.host;
  return [`${host}:${port} inet n - n - - smtpd`, ...settings.map((line) => `  -o ${line}`)].join(
    '\n',
  );
}

/** Nothing is chrooted: the sockets of Dovecot lie outside the queue directory. */
const internalServices = `cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
pickup unix n - n 60 1 pickup
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;

function masterText(layout: Layout): string {
  const withAuth = ['smtpd_sasl_auth_enable=yes'];
  return [
    listener(layout, layout.ports.submission, [
      'syslog_name=postfix/submission',
      'smtpd_tls_security_level=encrypt',
      ...withAuth,
    ]),
    listener(layout, layout.ports.smtps, [
      'syslog_name=postfix/smtps',
      'smtpd_tls_wrappermode=yes',
      ...withAuth,
    ]),
    listener(layout, layout.ports.mx, ['syslog_name=postfix/mx']),
    internalServices,
  ].join('\n');
}

/** What `postfix check` would make, which takes two seconds over it. */
function makeQueue(queue: string): void {
  const { uid } = accountOf('postfix');
  const postdrop = groupOf('postdrop');
  const make = (name: string, mode: number, owner: number, group: number): void => {
    const path = join(queue, name);
    mkdirSync(path);
    chownSync(path, owner, group);
    chmodSync(path, mode);
  };
  const own = ['active', 'bounce', 'corrupt', 'defer', 'deferred', 'flush', 'hold', 'incoming'];
  for (const name of [...own, 'private', 'saved', 'trace']) make(name, 0o700, uid, 0);
  make('maildrop', 0o1730, uid, postdrop);
  make('public', 0o2710, uid, postdrop);
  make('pid', 0o755, 0, 0);
}

/** Writes a Postfix instance of its own; the machine's own in /etc/postfix is not read. */
export function configurePostfix(
  layout: Layout,
  routes: readonly Route[],
  access: readonly AccessRule[] = [],
): void {
  const at = (name: string): string => join(layout.postfix.config, name);
  const lines = Object.entries(mainSettings(layout)).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(at('main.cf'), lines.join(''));
  writeFileSync(at('master.cf'), masterText(layout));
  const transports = routes.map(({ domain, host, port }) => `${domain} smtp:[${host}]:${port}\n`);
  const rules = access.map(({ user, action }) => `${user}@${layout.domain} ${action}\n`);
  writeFileSync(at('access'), rules.join(''));
  writeFileSync(at('transport'), transports.join(''));
  makeQueue(layout.postfix.queue);
}

/**
 * Makes Postfix know these addresses; a running one notices when the next client connects. The
 * table is renamed into place: written in place it would have the time of a change in the same
 * second, and Postfix compares whole seconds.
 */
export async function writeAddresses(layout: Layout, addresses: readonly string[]): Promise<void> {
  const next = `${layout.addressesPath}.next`;
  writeFileSync(next, addresses.map((address) => `${address} yes\n`).join(''));
  await run('postmap', ['-c', layout.postfix.config, `hash:${next}`], { timeout: 20_000 });
  renameSync(`${next}.db`, `${layout.addressesPath}.db`);
  renameSync(next, layout.addressesPath);
}
