import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInFolder, realFiles } from '../../src/config/files.ts';
import { providerOf, readProviders } from '../../src/config/provider.ts';

const providers = readProviders();

test('there is a preset for each of the usual providers, each with its public source', () => {
  assert.deepEqual(
    providers.map(({ name }) => name),
    [
      'alibaba-mail',
      'fastmail',
      'google-workspace',
      'microsoft-365',
      'netease-qiye',
      'tencent-exmail',
      'zoho-mail',
    ],
  );
  for (const { name, sources } of providers)
    for (const source of sources) assert.match(source, /^https:\/\//, name);
});

test('every preset names a contract that comes with the program', () => {
  const contracts = realFiles.list(builtInFolder('contracts'));
  for (const { name, contract } of providers)
    assert.ok(contracts.includes(`${contract}.yaml`), `${name}: ${contract}`);
});

test('a provider is known by its mail exchangers, and by nothing that only ends alike', () => {
  const known = (...exchangers: string[]) => providerOf(exchangers, providers)?.name ?? null;
  assert.equal(known('mxbiz1.qq.com'), 'tencent-exmail');
  assert.equal(known('mx1.qiye.aliyun.com'), 'alibaba-mail');
  assert.equal(known('acme-example.mail.protection.outlook.com'), 'microsoft-365');
  assert.equal(known('ALT1.ASPMX.L.GOOGLE.COM'), 'google-workspace');
  assert.equal(known('in1-smtp.messagingengine.com'), 'fastmail');
  assert.equal(known('mx.acme.example', 'mx2.zoho.eu'), 'zoho-mail');
  assert.equal(known('notmxbiz1.qq.com'), null);
  assert.equal(known(), null);
});
