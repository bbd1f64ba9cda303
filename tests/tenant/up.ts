import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { commandHelp, obey, serveControl } from './commands.ts';
import { isAvailable, type RealTenant, startTenant } from './tenant.ts';

const help = `Usage: node tests/tenant/up.ts [--host ADDRESS] [--plaintext]

Brings up a real mail tenant on loopback ports in a fresh directory: Postfix, Dovecot and
Roundcube, from Debian's packages (tests/tenant/packages.txt), as root, without systemd.
Stays until SIGINT, SIGTERM or "quit", then ends every process and removes the directory.

  --host ADDRESS   where it listens (default 127.0.0.2; on 127.0.0.1 Postfix and Dovecot see
                   client and server on one address and relax their TLS rules)
  --plaintext      allow IMAP and POP logins without TLS
  --help           this text

Commands, on stdin or by: node tests/tenant/control.ts DIRECTORY COMMAND …
${commandHelp}
`;

function describe(tenant: RealTenant): string {
  const endpoints = Object.entries(tenant.endpoints).map(
    ([name, { host, port, tls }]) => `${name.padEnd(10)} ${host}:${port} (tls: ${tls})`,
  );
  return [
    `directory  ${tenant.directory}`,
    ...endpoints,
    `webmail    ${tenant.webmail.url}  ${tenant.webmail.plainUrl}`,
    `ca         ${tenant.ca.path}`,
    ...tenant.users.map(({ address, password }) => `user       ${address} ${password}`),
    `config     ${tenant.configPath}`,
    'ready',
    '',
  ].join('\n');
}

/** Serves both ways of telling it something, says that it is ready, and resolves at the end. */
async function untilTold(tenant: RealTenant): Promise<void> {
  const told = Promise.withResolvers<void>();
  process.once('SIGINT', told.resolve);
  process.once('SIGTERM', told.resolve);
  await serveControl(tenant, told.resolve);
  createInterface({ input: process.stdin }).on('line', async (line) => {
    if (line.trim() === 'quit') told.resolve();
    else if (line.trim() !== '') process.stdout.write(`${await obey(tenant, line)}\n`);
  });
  process.stdout.write(describe(tenant));
  await told.promise;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.2' },
      plaintext: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const missing = isAvailable();
  if (missing !== null) {
    process.stderr.write(`${missing}\n`);
    return 1;
  }
  const tenant = await startTenant({ host: values.host, plaintext: values.plaintext });
  try {
    await untilTold(tenant);
  } finally {
    await tenant.close();
  }
  return 0;
}

process.exit(await main());
