import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ServiceName, serviceNames } from './services.ts';
import type { RealTenant } from './tenant.ts';

/** The lines that a running tenant understands, from stdin and through `control.ts`. */
export const commandHelp = `  stop|start|freeze|thaw SERVICE  one of: ${serviceNames.join(' ')}
  kill SERVICE                    like stop, at once and without a goodbye
  status                          each service and the number of its processes
  deliver N [MAILBOX]             N foreign messages into the probe's mailbox (INBOX)
  list [MAILBOX]                  Message-IDs in it
  user NAME                       a new user; prints address and password
  queue                           Postfix's queue, one message a line
  hold|release|delete ID          one queued message, or ALL
  flush                           a delivery attempt of everything deferred
  logs                            the last lines of every log
  quit                            ends everything and removes the directory`;

/** The unix socket of the tenant in this directory. */
export function controlPath(directory: string): string {
  return join(directory, 'control.sock');
}

function isServiceName(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name);
}

async function steer(tenant: RealTenant, verb: string, name: string): Promise<string> {
  if (!isServiceName(name)) throw new Error(`no service "${name}"; ${serviceNames.join(' ')}`);
  const service = tenant.service(name);
  if (verb === 'stop') await service.stop();
  else if (verb === 'kill') await service.kill();
  else if (verb === 'start') await service.start();
  else if (verb === 'freeze') await service.freeze();
  else await service.thaw();
  return '';
}

function status(tenant: RealTenant): string {
  return serviceNames
    .map((name) => `${name} ${tenant.service(name).pids().length || 'stopped'}`)
    .join('\n');
}

async function queue(tenant: RealTenant): Promise<string> {
  const entries = await tenant.queue();
  return entries
    .map(({ id, queue: kept, sender, recipients }) => [id, kept, sender, ...recipients].join(' '))
    .join('\n');
}

function lastLines(tenant: RealTenant): string {
  return Object.entries(tenant.logs())
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `== ${name}\n${text.trimEnd().split('\n').slice(-8).join('\n')}`)
    .join('\n');
}

async function deliver(tenant: RealTenant, amount: string, mailbox?: string): Promise<string> {
  const count = Number(amount);
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000) {
    throw new Error(`deliver needs a number from 1 to 1000000, not "${amount}"`);
  }
  const where = mailbox === undefined ? {} : { mailbox };
  return `${(await tenant.deliver(count, where)).length} messages`;
}

async function run(tenant: RealTenant, line: string): Promise<string> {
  const [verb = '', first = '', second] = line.trim().split(/\s+/);
  switch (verb) {
    case 'stop':
    case 'kill':
    case 'start':
    case 'freeze':
    case 'thaw':
      return steer(tenant, verb, first);
    case 'status':
      return status(tenant);
    case 'deliver':
      return deliver(tenant, first, second);
    case 'list':
      return (await tenant.list(first || 'INBOX')).join('\n');
    case 'user': {
      const user = await tenant.addUser(first);
      return `${user.address} ${user.password}`;
    }
    case 'queue':
      return queue(tenant);
    case 'hold':
    case 'release':
    case 'delete':
      await tenant.superviseQueue(verb, first);
      return '';
    case 'flush':
      await tenant.flushQueue();
      return '';
    case 'logs':
      return lastLines(tenant);
    default:
      throw new Error(`unknown command "${verb}"; there are:\n${commandHelp}`);
  }
}

/** Obeys one line. The answer ends with `ok` or `error: …`, on a line of its own. Never throws. */
export async function obey(tenant: RealTenant, line: string): Promise<string> {
  try {
    const answer = await run(tenant, line);
    return answer === '' ? 'ok' : `${answer}\nok`;
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Obeys one line per connection on the tenant's control socket; `quit` is the caller's business. */
export function serveControl(tenant: RealTenant, quit: () => void): Promise<Server> {
  const answer = (socket: Socket): void => {
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    lines.once('line', async (line) => {
      if (line.trim() !== 'quit') {
        socket.end(`${await obey(tenant, line)}\n`);
        return;
      }
      socket.end('ok\n', quit);
    });
  };
  const server = createServer(answer);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(controlPath(tenant.directory), () => resolve(server));
  });
}
