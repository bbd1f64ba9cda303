import { randomBytes } from 'node:crypto';
import { chownSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountOf } from './accounts.ts';
import type { Layout } from './layout.ts';

/** Debian's own document root, read only; configuration, database and logs are the tenant's. */
const documentRoot = '/var/lib/roundcube/public_html';
const account = 'www-data';

function roundcubeConfig(layout: Layout): string {
  const tls = `['ssl' => ['verify_peer' => true, 'verify_peer_name' => true, 'cafile' => '${layout.caPath}']]`;
  const at = (name: string): string => join(layout.webmail, name);
  return `<?php
$config = [];
$config['db_dsnw'] = 'sqlite:///${at('roundcube.db')}?mode=0640';
$config['imap_host'] = 'ssl://${layout.host}:${layout.ports.imaps}';
$config['imap_conn_options'] = ${tls};
$config['smtp_host'] = 'tls://${layout.host}:${layout.ports.submission}';
$config['smtp_conn_options'] = ${tls};
$config['smtp_user'] = '%u';
$config['smtp_pass'] = '%p';
$config['des_key'] = '${randomBytes(12).toString('hex')}';
$config['log_dir'] = '${at('log')}/';
$config['temp_dir'] = '${at('temp')}/';
$config['plugins'] = [];
$config['skin'] = 'elastic';
$config['language'] = 'en_US';
$config['product_name'] = 'Tenant Webmail';
$config['session_lifetime'] = 60;
$config['ip_check'] = false;
$config['login_rate_limit'] = 100000;
$config['enable_spellcheck'] = false;
$config['drafts_mbox'] = 'Drafts';
$config['junk_mbox'] = 'Junk';
$config['sent_mbox'] = 'Sent';
$config['trash_mbox'] = 'Trash';
`;
}

function fpmConfig(layout: Layout): string {
  return `[global]
error_log = ${join(layout.logs, 'php-fpm.log')}
daemonize = no
[webmail]
user = ${account}
group = ${account}
listen = ${layout.fpmSocket}
listen.owner = ${account}
listen.group = ${account}
listen.mode = 0600
pm = static
pm.max_children = 6
catch_workers_output = yes
env[ROUNDCUBE_CONFIG_DIR] = ${join(layout.webmail, 'config')}
php_admin_value[error_log] = ${join(layout.webmail, 'log', 'php.log')}
php_admin_value[session.save_path] = ${join(layout.webmail, 'temp')}
php_admin_value[upload_tmp_dir] = ${join(layout.webmail, 'temp')}
`;
}

function nginxConfig(layout: Layout): string {
  const host = layout.host.includes(':') ? `[${layout.host}]` : layout.host;
  const temporary = ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'].map(
    (name) => `  ${name}_temp_path ${join(layout.directory, 'nginx', name)};\n`,
  );
  return `daemon off;
user ${account};
worker_processes 1;
pid ${join(layout.directory, 'nginx', 'nginx.pid')};
error_log ${join(layout.logs, 'nginx.log')};
events {
  worker_connections 1024;
}
http {
${temporary.join('')}  include /etc/nginx/mime.types;
  access_log ${join(layout.logs, 'nginx-access.log')};
  server {
    listen ${host}:${layout.ports.http};
    listen ${host}:${layout.ports.https} ssl;
    server_name mail.${layout.domain};
    ssl_certificate ${layout.certificatePath};
    ssl_certificate_key ${layout.keyPath};
    root ${documentRoot};
    index index.php;
    location ~ \\.php$ {
      include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:${layout.fpmSocket};
    }
  }
}
`;
}

/** The files that the webmail's three parts are started with. */
export function webmailPaths(layout: Layout): { readonly fpm: string; readonly nginx: string } {
  return {
    fpm: join(layout.directory, 'nginx', 'php-fpm.conf'),
    nginx: join(layout.directory, 'nginx', 'nginx.conf'),
  };
}

/** Writes the configuration of Roundcube, PHP FPM and nginx. */
export function configureWebmail(layout: Layout): void {
  const config = join(layout.webmail, 'config');
  const own = join(config, 'config.inc.php');
  const { uid, gid } = accountOf(account);
  writeFileSync(own, roundcubeConfig(layout), { mode: 0o640 });
  chownSync(own, uid, gid);
  // Roundcube wants its defaults next to its configuration; Debian's are for everyone to read.
  for (const name of ['defaults.inc.php', 'mimetypes.php']) {
    symlinkSync(join('/etc/roundcube', name), join(config, name));
  }
  const paths = webmailPaths(layout);
  writeFileSync(paths.fpm, fpmConfig(layout));
  writeFileSync(paths.nginx, nginxConfig(layout));
}
