import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mock } from 'node:test';
import { Command, CommanderError } from 'commander';
import { registerAttribute } from '../../src/commands/attribute.ts';
import { registerEvidence } from '../../src/commands/evidence.ts';
import { registerExclude } from '../../src/commands/exclude.ts';
import { CommandError } from '../../src/commands/exit.ts';
import { registerRecord } from '../../src/commands/record.ts';
import { registerVerify } from '../../src/commands/verify.ts';
import { newFolder } from '../store/exclusion-database.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

export interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A configuration with one tenant (or more), and the command line on it. */
export class CommandLine {
  readonly folder = newFolder();
  readonly #config = join(this.folder, 'mailminute.yaml');

  constructor(...tenants: readonly string[]) {
    writeFileSync(join(this.folder, 'password'), 'not used here\n');
    const entries = (tenants.length > 0 ? tenants : ['acme']).map(
      (name) => `
  - name: ${name}
    contract: tencent-exmail-2020
    zone: Asia/Shanghai
    mailbox: { address: probe@${name}.example, password: { file: ./password } }
    imap: { host: 127.0.0.1, port: 143, tls: none }`,
    );
    writeFileSync(
      this.#config,
      `database: ./mailminute.db
controls: [{ host: 127.0.0.1, port: 1 }, { host: 127.0.0.1, port: 2 }, { host: 127.0.0.1, port: 3 }]
tenants:${entries.join('')}\n`,
    );
  }

  get database(): string {
    return join(this.folder, 'mailminute.db');
  }

  /** Runs a command in a process of its own, through the program's real entry. */
  spawn(...args: readonly string[]): Answer {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [cli, ...args, '--config', this.#config],
      { encoding: 'utf8', env: { USER: 'operator' }, timeout: 60_000 },
    );
    return { code: status, out: stdout, err: stderr };
  }

  /** Runs a command in this process, which saves a second each. `err` is what ended it. */
  run(...args: readonly string[]): Answer {
    return this.runAs('operator', ...args);
  }

  runAs(user: string | undefined, ...args: readonly string[]): Answer {
    let out = '';
    let err = '';
    const program = new Command('mailminute').exitOverride().configureOutput({
      writeErr: (text) => {
        err += text;
      },
    });
    for (const register of [
      ...[registerExclude, registerRecord, registerAttribute],
      ...[registerEvidence, registerVerify],
    ])
      register(program);
    const { USER: before } = process.env;
    setUser(user);
    // Nothing else is written meanwhile: these commands do not wait for anything.
    const writes = [
      mock.method(process.stdout, 'write', (text: string) => {
        out += text;
        return true;
      }),
      mock.method(process.stderr, 'write', (text: string) => {
        err += text;
        return true;
      }),
    ];
    try {
      program.parse(['node', 'mailminute', ...args, '--config', this.#config]);
      return { code: 0, out, err };
    } catch (error) {
      if (error instanceof CommandError)
        return { code: error.exitCode, out, err: `${err}${error.message}\n` };
      if (error instanceof CommanderError) return { code: 2, out, err };
      throw error;
    } finally {
      for (const write of writes) write.mock.restore();
      setUser(before);
    }
  }

  /** Runs a command that must end well, and returns its output. */
  good(...args: readonly string[]): string {
    const { code, out, err } = this.run(...args);
    assert.equal(code, 0, err);
    return out;
  }

  /** The JSON of a list. */
  list(...args: readonly string[]): Record<string, unknown>[] {
    return JSON.parse(this.good(...args, '--format', 'json')) as Record<string, unknown>[];
  }
}

function setUser(user: string | undefined): void {
  if (user === undefined) delete process.env.USER;
  else process.env.USER = user;
}
