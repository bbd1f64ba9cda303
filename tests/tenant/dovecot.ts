import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { accountOf } from './accounts.ts';
import type { Layout } from './layout.ts';

/** One Dovecot each, over the same storage, so that one protocol can fail alone. */
export const dovecotInstances = ['imap', 'pop3', 'lmtp', 'auth'] as const;
export type DovecotInstance = (typeof dovecotInstances)[number];

/** The config file of an instance. */
export function dovecotConfigPath(layout: Layout, instance: DovecotInstance): string {
  return join(layout.directory, 'dovecot', `${instance}.conf`);
}

function storage(): string {
  const { uid, gid } = accountOf('mail');
  return `
mail_location = maildir:~/Maildir
mail_plugins = quota
plugin {
  quota = count:Mailbox
  quota_vsizes = yes
}
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = 1
namespace inbox {
  inbox = yes
  mailbox Junk {
    special_use = \\Junk
    auto = subscribe
  }
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Drafts {
    special_use = \\Drafts
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = subscribe
  }
}
`;
}

/** A wrong password must cost the next login nothing: no delay, no penalty by address. */
const noPenalties = `
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
`;

function common(layout: Layout, instance: DovecotInstance, plaintext: boolean): string {
  const { uid, gid } = accountOf('mail');
  const base = join(layout.directory, 'dovecot', instance);
  const users = `username_format=%u ${layout.passwords}/%u`;
  return `protocols = ${instance === 'auth' ? 'none' : instance}
listen = ${layout.host}
base_dir = ${base}
state_dir = ${base}/state
instance_name = mailminute-${instance}
log_path = ${join(layout.logs, `dovecot-${instance}.log`)}
log_timestamp = "%Y-%m-%d %H:%M:%S "
ssl = yes
ssl_cert = <${layout.certificatePath}
ssl_key = <${layout.keyPath}
disable_plaintext_auth = ${plaintext ? 'no' : 'yes'}
auth_mechanisms = plain login
mail_max_userip_connections = 1000
default_client_limit = 2000
recipient_delimiter = +
postmaster_address = postmaster@${layout.domain}
hostname = mail.${layout.domain}
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${users}
}
userdb {
  driver = passwd-file
  args = ${users}
  default_fields = uid=${uid} gid=${gid} home=${layout.mail}/%n
}
${noPenalties}${storage()}`;
}

/** `service_count = 0` keeps one login process for all: no fork per probe, no process limit. */
function reader(layout: Layout, name: 'imap' | 'pop3'): string {
  return `
service ${name}-login {
  service_count = 0
  client_limit = 1000
  process_min_avail = 1
  process_limit = 2
  inet_listener ${name} {
    port = ${layout.ports[name]}
  }
  inet_listener ${name}s {
    port = ${layout.ports[`${name}s`]}
    ssl = yes
  }
}
service ${name} {
  process_limit = 512
}
${name === 'imap' ? 'protocol imap {\n  mail_plugins = $mail_plugins imap_quota\n}' : ''}
`;
}

function delivery(layout: Layout): string {
  return `
protocol lmtp {
  mail_plugins = $mail_plugins sieve
}
plugin {
  sieve = file:~/sieve;active=~/.dovecot.sieve
  sieve_default = ${layout.mail}/default.sieve
}
service lmtp {
  process_min_avail = 1
  process_limit = 32
  unix_listener ${basename(layout.lmtpSocket)} {
    mode = 0666
  }
}
`;
}

function sasl(layout: Layout): string {
  return `
service auth {
  unix_listener ${basename(layout.saslSocket)} {
    mode = 0666
  }
}
`;
}

/** What a user without a script of his own has: marked spam goes to Junk. */
const defaultSieve = `require ["fileinto"];
if header :is "X-Spam-Flag" "YES" {
  fileinto "Junk";
}
`;

/** Writes the four config files. Plaintext logins without TLS are refused unless `plaintext`. */
export function configureDovecot(layout: Layout, plaintext: boolean): void {
  const special: Record<DovecotInstance, string> = {
    imap: reader(layout, 'imap'),
    pop3: reader(layout, 'pop3'),
    lmtp: delivery(layout),
    auth: sasl(layout),
  };
  for (const instance of dovecotInstances) {
    mkdirSync(join(layout.directory, 'dovecot', instance), { mode: 0o755 });
    const text = common(layout, instance, plaintext) + special[instance];
    writeFileSync(dovecotConfigPath(layout, instance), text);
  }
  writeFileSync(join(layout.mail, 'default.sieve'), defaultSieve, { mode: 0o644 });
}
