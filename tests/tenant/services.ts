import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { phpFpmBinary } from './available.ts';
import { type DovecotInstance, dovecotConfigPath, dovecotInstances } from './dovecot.ts';
import type { Guard } from './guard.ts';
import type { Layout } from './layout.ts';
import { Service, type ServiceControl, type ServiceSpec, together } from './service.ts';
import { webmailPaths } from './webmail.ts';

/** What can be stopped, started, frozen and thawed; `dovecot` is all four of its instances. */
export const serviceNames = [
  'postfix',
  'dovecot',
  'dovecot-imap',
  'dovecot-pop3',
  'dovecot-lmtp',
  'dovecot-auth',
  'nginx',
  'php-fpm',
] as const;
export type ServiceName = (typeof serviceNames)[number];

function output(layout: Layout, name: string): string {
  return join(layout.logs, `${name}.out`);
}

function tcp(layout: Layout, ...ports: number[]): ServiceSpec['listens'] {
  return ports.map((port) => ({ host: layout.host, port }));
}

function postfix(layout: Layout): ServiceSpec {
  const { submission, smtps, mx } = layout.ports;
  return {
    name: 'postfix',
    command: ['/usr/lib/postfix/sbin/master', '-c', layout.postfix.config, '-s'],
    listens: tcp(layout, submission, smtps, mx),
    outputPath: output(layout, 'postfix'),
  };
}

function dovecot(layout: Layout, instance: DovecotInstance): ServiceSpec {
  const { imap, imaps, pop3, pop3s } = layout.ports;
  const listens = {
    imap: tcp(layout, imap, imaps),
    pop3: tcp(layout, pop3, pop3s),
    lmtp: [{ path: layout.lmtpSocket }],
    auth: [{ path: layout.saslSocket }],
  };
  return {
    name: `dovecot-${instance}`,
    command: ['/usr/sbin/dovecot', '-F', '-c', dovecotConfigPath(layout, instance)],
    listens: listens[instance],
    outputPath: output(layout, `dovecot-${instance}`),
    // A killed Dovecot leaves its pid; should the number be in use again, the next one refuses.
    clean: () => rmSync(join(layout.directory, 'dovecot', instance, 'master.pid'), { force: true }),
  };
}

function nginx(layout: Layout): ServiceSpec {
  const log = join(layout.logs, 'nginx.log');
  return {
    name: 'nginx',
    command: ['/usr/sbin/nginx', '-e', log, '-c', webmailPaths(layout).nginx],
    listens: tcp(layout, layout.ports.http, layout.ports.https),
    outputPath: output(layout, 'nginx'),
  };
}

function phpFpm(layout: Layout): ServiceSpec {
  return {
    name: 'php-fpm',
    command: [phpFpmBinary(), '--nodaemonize', '--fpm-config', webmailPaths(layout).fpm],
    listens: [{ path: layout.fpmSocket }],
    outputPath: output(layout, 'php-fpm'),
    clean: () => rmSync(layout.fpmSocket, { force: true }),
  };
}

/** All services of a tenant, not yet started. */
export interface ServiceSet {
  readonly single: readonly Service[];
  readonly byName: Readonly<Record<ServiceName, ServiceControl>>;
}

export function makeServices(layout: Layout, guard: Guard): ServiceSet {
  const made = (spec: ServiceSpec): Service => new Service(spec, guard);
  const instances = {
    imap: made(dovecot(layout, 'imap')),
    pop3: made(dovecot(layout, 'pop3')),
    lmtp: made(dovecot(layout, 'lmtp')),
    auth: made(dovecot(layout, 'auth')),
  };
  const front = {
    postfix: made(postfix(layout)),
    nginx: made(nginx(layout)),
    'php-fpm': made(phpFpm(layout)),
  };
  const all = dovecotInstances.map((name) => instances[name]);
  return {
    single: [...all, front.postfix, front.nginx, front['php-fpm']],
    byName: {
      ...front,
      dovecot: together('dovecot', all),
      'dovecot-imap': instances.imap,
      'dovecot-pop3': instances.pop3,
      'dovecot-lmtp': instances.lmtp,
      'dovecot-auth': instances.auth,
    },
  };
}
