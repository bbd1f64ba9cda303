import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { temporaryFolder } from '../store/example.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');
const acme = ['--address', 'probe@acme.example', '--password-env', 'ACME_PASSWORD'];

/** The command in a folder, with an input that is no terminal. */
async function init(folder: string, args: readonly string[], input = '') {
  const child = spawn(process.execPath, [cli, 'init', ...args], { cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, output };
}

test('an address and a provider are enough for a configuration', async (t) => {
  const folder = temporaryFolder(t);
  const { code, output } = await init(folder, [...acme, '--provider', 'tencent-exmail']);
  assert.equal(code, 0, output);
  assert.match(output, /客户端专用密码/);
  assert.match(output, /Next: mailminute check --config config\/mailminute\.yaml/);
  const config = parse(readFileSync(join(folder, 'config/mailminute.yaml'), 'utf8'));
  assert.deepEqual(config.tenants, [
    {
      name: 'acme',
      contract: 'tencent-exmail-2020',
      zone: 'Asia/Shanghai',
      mailbox: { address: 'probe@acme.example', password: { env: 'ACME_PASSWORD' } },
      smtp: { host: 'smtp.exmail.qq.com', port: 465, tls: 'implicit' },
      imap: { host: 'imap.exmail.qq.com', port: 993, tls: 'implicit' },
      pop: { host: 'pop.exmail.qq.com', port: 995, tls: 'implicit' },
      webmail: { url: 'https://exmail.qq.com/', flow: 'page' },
    },
  ]);
});

test('the control targets are three of other providers', async (t) => {
  const folder = temporaryFolder(t);
  await init(folder, [...acme, '--provider', 'fastmail', '-o', 'one.yaml']);
  const { controls } = parse(readFileSync(join(folder, 'one.yaml'), 'utf8'));
  assert.equal(controls.length, 3);
  for (const { host } of controls) assert.doesNotMatch(host, /fastmail/);
});

test('endpoints of one’s own are written as given', async (t) => {
  const folder = temporaryFolder(t);
  const own = ['--smtp', 'smtp://mail.acme.example', '--imap', 'imaps://mail.acme.example:1993'];
  const rest = ['--pop', 'none', '--username', 'probe', '--control', 'one.example.net:443'];
  const { code, output } = await init(folder, [...acme, ...own, ...rest, '-o', 'one.yaml']);
  assert.equal(code, 0, output);
  const { tenants, controls } = parse(readFileSync(join(folder, 'one.yaml'), 'utf8'));
  const [{ smtp, imap, pop, webmail, mailbox }] = tenants;
  assert.deepEqual(smtp, { host: 'mail.acme.example', port: 587, tls: 'starttls' });
  assert.deepEqual(imap, { host: 'mail.acme.example', port: 1993, tls: 'implicit' });
  assert.deepEqual([pop, webmail, mailbox.username], [undefined, undefined, 'probe']);
  assert.deepEqual(controls, [{ host: 'one.example.net', port: 443 }]);
});

test('a password from the input goes into a file that others cannot read, never into the configuration', async (t) => {
  const folder = temporaryFolder(t);
  const args = ['--address', 'probe@acme.example', '--provider', 'fastmail', '--password-stdin'];
  const { code, output } = await init(folder, args, 'hunter22\n');
  assert.equal(code, 0, output);
  const secret = join(folder, 'config/secrets/acme');
  assert.equal(readFileSync(secret, 'utf8'), 'hunter22\n');
  assert.equal(statSync(secret).mode & 0o777, 0o600);
  const config = readFileSync(join(folder, 'config/mailminute.yaml'), 'utf8');
  assert.doesNotMatch(config + output, /hunter22/);
  assert.match(config, /password: \{ file: \.\/secrets\/acme \}/);
});

test('what is there already is not overwritten, unless that is asked for', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'one.yaml'), 'mine');
  const args = [...acme, '--provider', 'fastmail', '-o', 'one.yaml'];
  const refused = await init(folder, args);
  assert.equal(refused.code, 2);
  assert.match(refused.output, /^one\.yaml is there already; --force overwrites it/m);
  assert.equal(readFileSync(join(folder, 'one.yaml'), 'utf8'), 'mine');
  assert.equal((await init(folder, [...args, '--force'])).code, 0);
});

const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['no address', ['--password-env', 'A'], /^--address is needed/m],
  [
    'no place of the password',
    acme.slice(0, 2).concat('-p', 'fastmail'),
    /^where is the password\?/m,
  ],
  ['two places of it', [...acme, '-p', 'fastmail', '--password-file', 'x'], /one place only/],
  [
    'an unknown provider',
    [...acme, '-p', 'hotmail'],
    /there is no "hotmail"; known are alibaba-mail/,
  ],
  [
    'a malformed endpoint',
    [...acme, '--imap', 'mail.acme.example:993'],
    /^--imap: expected imaps:\/\//m,
  ],
  [
    'a malformed control',
    [...acme, '-p', 'fastmail', '--control', 'x'],
    /^--control: expected HOST:PORT/m,
  ],
  [
    'an unknown contract',
    [...acme, '-p', 'fastmail', '--contract', 'x'],
    /nothing was written.*\n.*no contract named "x"/,
  ],
  [
    'a password file that is not there',
    ['--address', 'a@b.example', '-p', 'fastmail', '--password-file', 'x'],
    /nothing was written/,
  ],
];

for (const [what, args, message] of wrong)
  test(`${what} is told, and nothing is written`, async (t) => {
    const folder = temporaryFolder(t);
    const { code, output } = await init(folder, args);
    assert.equal(code, 2, output);
    assert.match(output, message);
    assert.equal(existsSync(join(folder, 'config')), false);
  });

test('at a terminal it asks, and does not show the password', {
  skip: existsSync('/usr/bin/script') ? false : 'needs script',
}, async (t) => {
  const folder = temporaryFolder(t);
  const line = `'${process.execPath}' '${cli}' init -o one.yaml -p fastmail`;
  const child = spawn('script', ['-qfec', line, '/dev/null'], { cwd: folder });
  let output = '';
  const answers: [RegExp, string][] = [
    [/Address of the mailbox to probe/, 'probe@acme.example'],
    [/not shown/, 'hunter22'],
    [/Contract/, ''],
  ];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const [next] = answers;
    if (next === undefined || !next[0].test(output)) return;
    answers.shift();
    // The question is on the screen before the terminal stops showing what is typed.
    setTimeout(() => child.stdin.write(`${next[1]}\n`), 300);
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /hunter22/);
  assert.equal(readFileSync(join(folder, 'secrets/acme'), 'utf8'), 'hunter22\n');
});
