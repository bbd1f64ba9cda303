import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatShare, readShare } from '../../src/config/contract/share.ts';
import { exchanged, load, settingsOf } from './loading.ts';

const named = exchanged('name: acme', 'name: acme\n    contract: ./mine.yaml');
const heir = (rest: string) => `name: mine\ntitle: Mine\n${rest}`;

test('a contract that extends another has its own keys and the other’s rest', () => {
  const text = heir(
    'extends: tencent-exmail-2020\nthreshold: 5m\nclaim: { lapses_after_days: 30 }\n',
  );
  const contract = settingsOf(named, { 'mine.yaml': text }).contracts.get('mine');
  assert.equal(contract?.threshold, 300_000);
  assert.deepEqual(contract?.claim?.lapses, { kind: 'calendar-days', days: 30 });
  assert.equal(contract?.tiers.length, 3);
  assert.equal(contract?.zone, 'Asia/Shanghai');
});

test('what is taken over must fit what is changed', () => {
  const text = heir('extends: tencent-exmail-2020\ntarget: 99.95%\n');
  assert.deepEqual(load(named, { 'mine.yaml': text }).faults, [
    'mine.yaml:1:1 tiers[0].to: expected the target, 99.95%, in the first tier, found 99.9%: availability from 99.9% to below the target would have no tier',
  ]);
});

test('a contract may extend one that extends another, beside its own file', () => {
  const files = {
    'mine.yaml': heir('extends: ./base.yaml\n'),
    'base.yaml': 'name: base\ntitle: Base\nextends: one-minute\ncombination: cross\n',
  };
  const contract = settingsOf(named, files).contracts.get('mine');
  assert.equal(contract?.combination, 'cross');
  assert.deepEqual(contract?.target, { numerator: 999, denominator: 1000 });
});

test('contracts that extend each other are refused', () => {
  const files = {
    'mine.yaml': heir('extends: ./base.yaml\n'),
    'base.yaml': 'name: base\ntitle: Base\nextends: ./mine.yaml\n',
  };
  assert.deepEqual(load(named, files).faults, [
    'base.yaml:3:10 extends: expected another contract, found "./mine.yaml", which extends this one',
  ]);
  assert.deepEqual(load(named, { 'mine.yaml': heir('extends: ./mine.yaml\n') }).faults, [
    'mine.yaml:3:10 extends: expected another contract, found "./mine.yaml", which extends this one',
  ]);
});

test('a contract that extends nothing that is there, or something faulty, is refused', () => {
  assert.deepEqual(load(named, { 'mine.yaml': heir('extends: tencent-exmail-2021\n') }).faults, [
    'mine.yaml:3:10 extends: there is no contract named "tencent-exmail-2021"; did you mean "tencent-exmail-2020"?',
  ]);
  const files = { 'mine.yaml': heir('extends: ./base.yaml\n'), 'base.yaml': 'name: base\n' };
  assert.deepEqual(load(named, files).faults, [
    'base.yaml:1:1 title: expected a text of 1 to 200 characters on one line, found nothing',
  ]);
});

test('a promise of availability is counted by the contract’s denominator unless it has its own', () => {
  const text = heir(`denominator: 43200
promises:
  - { clause: C.1, measure: availability, at_least: 99% }
  - { clause: C.1, measure: availability, at_least: 99.99%, denominator: calendar }
clauses:
  - { id: C.1, text: x, reading: { en: a, zh: 甲 }, class: derived, figure: availability }
`);
  const contract = settingsOf(named, { 'mine.yaml': text }).contracts.get('mine');
  assert.deepEqual(
    contract?.promises.map(({ denominator }) => denominator),
    [{ kind: 'fixed', minutes: 43_200 }, { kind: 'calendar' }],
  );
});

test('a share is kept exactly and written as it was', () => {
  const exact = [
    ['99.9%', 999, 1000],
    ['99.99%', 9999, 10_000],
    ['95%', 19, 20],
    ['0%', 0, 1],
    ['100%', 1, 1],
    ['0.000001%', 1, 100_000_000],
    ['99.999999%', 99_999_999, 100_000_000],
    ['33.333333%', 33_333_333, 100_000_000],
  ] as const;
  for (const [text, numerator, denominator] of exact) {
    assert.deepEqual(readShare(text), { numerator, denominator });
    assert.equal(formatShare({ numerator, denominator }), text);
  }
  assert.deepEqual(readShare('99.900000%'), readShare('99.9%'));
  for (const wrong of ['99.9', '.9%', '9.%', '100.000001%', '1e1%', '-1%', '99,9%', ' 9%', 99.9]) {
    assert.equal(readShare(wrong), undefined, String(wrong));
  }
});
