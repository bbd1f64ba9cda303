import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeContract } from '../../src/config/contract.ts';
import { formatFault } from '../../src/config/fault.ts';
import type { Findings } from '../../src/config/section.ts';
import { exchanged, load, settingsOf } from './loading.ts';

function decoded(text: string) {
  const findings: Findings = { faults: [], warnings: [] };
  const contract = decodeContract(text, 'mine.yaml', { findings });
  return { contract, faults: findings.faults.map(formatFault) };
}

const least = 'name: mine\ntitle: Mine\ntarget: 99.9%\n';
const named = (contract: string) =>
  exchanged('name: acme', `name: acme\n    contract: ${contract}`);

test('a contract needs a name and a title; the rest has defaults', () => {
  assert.deepEqual(decoded('name: mine\ntitle: Mine\n').contract, {
    name: 'mine',
    title: 'Mine',
    agreement: null,
    zone: null,
    protocols: ['smtp', 'imap', 'pop', 'webmail'],
    combination: 'any',
    delays: 'all',
    threshold: 60_000,
    depth: 'login',
    users: null,
    denominator: { kind: 'calendar' },
    target: null,
    promises: [],
    tiers: [],
    remedy: null,
    maintenance: { rule: 'none', notice: 0, yearlyCap: null },
    claim: null,
    clauses: [],
  });
});

test('a target is the exact share that was written', () => {
  const targetOf = (target: string) =>
    decoded(least.replace('99.9%', target)).contract?.target ?? null;
  assert.deepEqual(targetOf('99.95%'), { numerator: 1999, denominator: 2000 });
  assert.deepEqual(targetOf('99.999%'), { numerator: 99_999, denominator: 100_000 });
  assert.deepEqual(targetOf('100%'), { numerator: 1, denominator: 1 });
  assert.deepEqual(targetOf('99.900000%'), { numerator: 999, denominator: 1000 });
  for (const wrong of ['99.9', '0.999', '0%', '100.1%', '99,9%', '-1%', '99.9999999%', '1e2%']) {
    assert.equal(targetOf(`"${wrong}"`), null, wrong);
  }
});

test('every fault of a contract file is reported at once', () => {
  const text =
    'name: Mine\nprotocols: [smtp, smtp]\ncombination: or\nthreshold: 60\ndepth: deep\ntarget: 0.999\ncredits: []\n';
  assert.deepEqual(decoded(text).faults, [
    'mine.yaml:1:7 name: expected a name of 1 to 63 characters a-z, 0-9, _ and -, starting with a letter or digit, found "Mine"',
    'mine.yaml:1:1 title: expected a text of 1 to 200 characters on one line, found nothing',
    'mine.yaml:2:1 protocols: expected a list of different protocols out of smtp, imap, pop, webmail, found a list',
    'mine.yaml:3:14 combination: expected one of any, all, cross, found "or"',
    'mine.yaml:4:12 threshold: expected a duration from 15s to 1d such as 1m, found 60',
    'mine.yaml:5:8 depth: expected one of connect, login, roundtrip, found "deep"',
    'mine.yaml:6:9 target: expected a share above 0% and up to 100% with at most 6 decimals, such as 99.9%, found 0.999',
    'mine.yaml:7:1 credits: unknown key; known here: name, title, extends, agreement, zone, protocols, combination, threshold, depth, users, denominator, target, promises, delays, tiers, remedy, maintenance, claim, clauses',
  ]);
});

test('a tenant may name a contract file by its path', () => {
  const settings = settingsOf(named('contracts/mine.yaml'), { 'contracts/mine.yaml': least });
  assert.equal(settings.tenants[0]?.contract, 'mine');
  assert.equal(settings.contracts.get('mine')?.title, 'Mine');
});

test('the faults of a contract file that two tenants share come once, under its name', () => {
  const text = named('./mine.yaml');
  const two = text + text.slice(text.indexOf('  - name')).replace('acme\n', 'two\n');
  assert.deepEqual(load(two, { 'mine.yaml': 'name: mine\ntarget: 99.9%\n' }).faults, [
    'mine.yaml:1:1 title: expected a text of 1 to 200 characters on one line, found nothing',
  ]);
});

test('two contracts of one name are refused', () => {
  const text = named('./one.yaml');
  const other = text.slice(text.indexOf('  - name')).replace('acme\n', 'two\n');
  const { faults } = load(text + other.replace('one.yaml', 'two.yaml'), {
    'one.yaml': least,
    'two.yaml': least,
  });
  assert.deepEqual(faults, [
    'mailminute.yaml:9:15 tenants[1].contract: another contract file in use has the same name, mine',
  ]);
});

test('a contract that this tenant could never be judged by is refused', () => {
  const pop = { 'mine.yaml': `${least}protocols: [pop]\n` };
  assert.deepEqual(load(named('./mine.yaml'), pop).faults, [
    'mailminute.yaml:2:5 tenants[0]: contract mine names pop, and this tenant has none of them',
  ]);
  const deep = { 'mine.yaml': `${least}depth: roundtrip\n` };
  assert.deepEqual(load(named('./mine.yaml'), deep).faults, [
    'mailminute.yaml:2:5 tenants[0]: contract mine judges round trips, which need smtp and one of imap, pop, webmail',
  ]);
});

test('the longest interval follows from the threshold and the depth that count', () => {
  const paced = (key: string, interval: string, contract: string) =>
    load(named('./mine.yaml').replace('name: acme', `name: acme\n    ${key}: ${interval}`), {
      'mine.yaml': least + contract,
    }).faults;
  assert.deepEqual(paced('roundtrip_interval', '54s', ''), []);
  assert.match(paced('roundtrip_interval', '55s', '').join(), /expected at most 54s, found 55s/);
  assert.deepEqual(paced('roundtrip_interval', '60s', 'threshold: 5m\n'), []);
  assert.deepEqual(paced('connect_interval', '60s', ''), []);
  assert.match(
    paced('connect_interval', '30s', 'depth: connect\nthreshold: 30s\n').join(),
    /connect_interval: expected at most 27s, found 30s/,
  );
});
