import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CommandLine } from '../daemon/daemon.ts';

/** Addresses for documentation (RFC 5737): within the namespaces they lead nowhere else. */
export const tenantAddress = '198.51.100.10';
export const controlAddresses = ['203.0.113.11', '203.0.113.12', '203.0.113.13'] as const;
const links = { tenant: ['192.0.2.1', '192.0.2.2'], controls: ['192.0.2.5', '192.0.2.6'] } as const;
const routes = [
  { to: `${tenantAddress}/32`, via: links.tenant[1] },
  { to: '203.0.113.0/24', via: links.controls[1] },
] as const;

type Place = 'here' | 'tenant' | 'controls';

/** For node:test's `skip`: why namespaces cannot be made here; with CI=true that is a failure. */
export function withoutNamespaces(): string | false {
  const reason = findMissing();
  if (reason !== false && process.env.CI === 'true') throw new Error(`CI=true: ${reason}`);
  return reason;
}

function findMissing(): string | false {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const name = `mailminute-${process.pid}-try`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (made.error !== undefined) return 'network namespaces need ip (Debian: iproute2)';
  if (made.status !== 0) return `network namespaces cannot be made here: ${made.stderr.trim()}`;
  ip('netns', 'del', name);
  return false;
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

/** Three networks of their own: the daemon's, the tenant's, and one with three control targets. */
export class Network {
  readonly #prefix = `mailminute-${process.pid}`;
  readonly #children: ChildProcess[] = [];

  constructor() {
    try {
      for (const place of ['here', 'tenant', 'controls'] as const) {
        ip('netns', 'add', this.#name(place));
        this.#ip(place, 'link', 'set', 'lo', 'up');
      }
      this.#link('tenant', [tenantAddress]);
      this.#link('controls', controlAddresses);
    } catch (error) {
      this.#remove();
      throw error;
    }
  }

  /** Ours has no route to anywhere any more. */
  takeRoutes(): void {
    for (const { to } of routes) this.#ip('here', 'route', 'del', to);
  }

  giveRoutes(): void {
    for (const { to, via } of routes) this.#ip('here', 'route', 'add', to, 'via', via);
  }

  /** What leaves us arrives, and no answer comes back. */
  swallowAnswers(): void {
    for (const place of ['tenant', 'controls'] as const)
      this.#ip(place, 'route', 'add', 'blackhole', `${links[place][0]}/32`);
  }

  returnAnswers(): void {
    for (const place of ['tenant', 'controls'] as const)
      this.#ip(place, 'route', 'del', 'blackhole', `${links[place][0]}/32`);
  }

  /** Runs mailminute itself there. */
  run(place: Place, ...args: string[]): CommandLine {
    const command = new CommandLine(args, process.env, ['ip', 'netns', 'exec', this.#name(place)]);
    this.#children.push(command.process);
    return command;
  }

  /** Runs a script of this folder there; it obeys the lines that are written to it, and answers each with one. */
  start(place: Place, script: string, ...args: string[]): Conversation {
    const command = [process.execPath, join(import.meta.dirname, script), ...args];
    const child = spawn('ip', ['netns', 'exec', this.#name(place), ...command], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    return new Conversation(child, script);
  }

  async close(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    this.#remove();
  }

  #name(place: Place): string {
    return `${this.#prefix}-${place}`;
  }

  #ip(place: Place, ...args: string[]): void {
    ip('-n', this.#name(place), ...args);
  }

  #link(place: 'tenant' | 'controls', addresses: readonly string[]): void {
    const [ours, theirs] = links[place];
    this.#ip(
      'here',
      'link',
      'add',
      place,
      'type',
      'veth',
      'peer',
      'out',
      'netns',
      this.#name(place),
    );
    this.#ip('here', 'address', 'add', `${ours}/30`, 'dev', place);
    this.#ip('here', 'link', 'set', place, 'up');
    this.#ip(place, 'address', 'add', `${theirs}/30`, 'dev', 'out');
    this.#ip(place, 'link', 'set', 'out', 'up');
    for (const address of addresses)
      this.#ip(place, 'address', 'add', `${address}/32`, 'dev', 'lo');
    for (const { to, via } of routes)
      if (via === theirs) this.#ip('here', 'route', 'add', to, 'via', via);
  }

  #remove(): void {
    for (const place of ['here', 'tenant', 'controls'] as const)
      spawnSync('ip', ['netns', 'del', this.#name(place)]);
  }
}

/** A child that answers every line with a line. */
export class Conversation {
  readonly #child: ChildProcess;
  readonly #script: string;
  #unread = '';

  constructor(child: ChildProcess, script: string) {
    this.#child = child;
    this.#script = script;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#unread += chunk.toString();
      child.emit('line');
    });
  }

  /** The next line that it says. @throws after 20 s, or when it ended. */
  async line(): Promise<string> {
    const signal = AbortSignal.timeout(20_000);
    while (!this.#unread.includes('\n')) {
      if (this.#child.exitCode !== null) throw new Error(`${this.#script} ended`);
      await once(this.#child, 'line', { signal });
    }
    const end = this.#unread.indexOf('\n');
    const line = this.#unread.slice(0, end);
    this.#unread = this.#unread.slice(end + 1);
    return line;
  }

  async ask(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    return this.line();
  }
}
