import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run, without } from './promtool.ts';

const file = join(import.meta.dirname, '../../config/alertmanager/alertmanager.yml');
const skip = without('amtool');

test('amtool accepts the configuration of Alertmanager, and refuses a broken copy', {
  skip,
}, async (t) => {
  const good = await run('amtool', 'check-config', file);
  assert.equal(good.code, 0, good.output);
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-amtool-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const broken = join(folder, 'broken.yml');
  writeFileSync(broken, readFileSync(file, 'utf8').replace('receiver: pager', 'receiver: nobody'));
  assert.notEqual((await run('amtool', 'check-config', broken)).code, 0);
});

const routes: readonly (readonly [string, readonly string[], string])[] = [
  [
    'what is critical wakes somebody',
    ['alertname=MailminuteUnavailableLong', 'severity=critical', 'tenant=acme'],
    'pager',
  ],
  [
    'what is a warning goes to the chat',
    ['alertname=MailminuteProtocolFailing', 'severity=warning', 'tenant=acme'],
    'chat',
  ],
  [
    'what is for the record goes to the record',
    ['alertname=MailminuteClaimOpen', 'severity=info', 'tenant=acme'],
    'record',
  ],
  ['what has no severity is not lost', ['alertname=Other'], 'chat'],
];

for (const [promise, labels, receiver] of routes)
  test(promise, { skip }, async () => {
    const args = ['config', 'routes', 'test', `--config.file=${file}`];
    const right = await run('amtool', ...args, `--verify.receivers=${receiver}`, ...labels);
    assert.equal(right.code, 0, right.output);
    const wrong = await run('amtool', ...args, '--verify.receivers=nobody', ...labels);
    assert.notEqual(wrong.code, 0);
  });
