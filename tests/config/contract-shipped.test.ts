import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeContract } from '../../src/config/contract.ts';
import { formatFaults } from '../../src/config/fault.ts';
import type { Findings } from '../../src/config/section.ts';
import { exchanged, programFolder, settingsOf } from './loading.ts';

const folder = `${programFolder}config/contracts/`;

/** A contract that comes with the program; throws with its faults when it is wrong. */
function shipped(name: string) {
  const findings: Findings = { faults: [], warnings: [] };
  const file = `${folder}${name}.yaml`;
  const contract = decodeContract(readFileSync(file, 'utf8'), file, { findings });
  if (contract === null) throw new Error(formatFaults(findings.faults));
  return contract;
}

/** Every row of the catalogue of clauses of the five agreements. */
const catalogue: Readonly<Record<string, readonly string[]>> = {
  'tencent-exmail-2020': [
    ...['T1.1', 'T1.2', 'T1.3', 'T1.4', 'T1.5', 'T1.6', 'T1.7', 'T1.8', 'T1.9', 'T1.10'],
    ...['T1.11', 'T1.12', 'T1.13-17', 'T1.18', 'T1.19', 'T1.20', 'T1.21-22', 'T1.23'],
    ...['T1.24', 'T1.25', 'T1.26', 'T1.27', 'T1.28', 'T1.29', 'T1.30-39'],
  ],
  'tencent-ses': ['T2.1', 'T2.2', 'T2.3', 'T2.4', 'T2.5', 'T2.6', 'T2.7-12', 'T2.13'],
  'tencent-exmail-quality': [
    ...['T3.1', 'T3.2', 'T3.3', 'T3.4', 'T3.5', 'T3.6', 'T3.7', 'T3.8', 'T3.9', 'T3.10'],
    ...['T3.11', 'T3.12-16', 'T3.17-20', 'T3.21-23'],
  ],
  'enterprise-mail-guarantee': [
    ...['T4.1', 'T4.2', 'T4.3', 'T4.5', 'T4.6-7', 'T4.8', 'T4.9', 'T4.11', 'T4.12', 'T4.13'],
    ...['T4.14', 'T4.15', 'T4.16', 'T4.17-20', 'T4.22-24', 'T4.25', 'T4.26-27', 'T4.28', 'T4.29'],
  ],
  'aliyun-reseller': ['T5.1', 'T5.2', 'T5.3', 'T5.4-6', 'T5.8', 'T5.9-10', 'T5.12-13'],
};

const agreements = Object.keys(catalogue);

for (const [name, ids] of Object.entries(catalogue)) {
  test(`${name} has every clause of the catalogue, and no other`, () => {
    assert.deepEqual(
      shipped(name).clauses.map((clause) => clause.id),
      ids,
    );
  });
}

test('every contract that comes with the program decodes and is named as its file', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const names = files.map((file) => file.slice(0, -'.yaml'.length)).sort();
  assert.deepEqual(
    names,
    [
      ...agreements,
      ...['alimail-2025', 'alimail-intl-2024', 'google-workspace', 'microsoft-365'],
      ...['one-minute', 'ten-minute-rule', 'tencent-exmail-2020-all', 'tencent-exmail-2020-cross'],
    ].sort(),
  );
  for (const name of names) assert.equal(shipped(name).name, name);
});

test('a clause of a shipped contract is read in both languages and has a value or a reason', () => {
  const names = [...agreements, 'alimail-2025', 'google-workspace', 'microsoft-365'];
  for (const { id, reading, figure, record, without } of names.flatMap(
    (name) => shipped(name).clauses,
  )) {
    for (const { en, zh } of without === null ? [reading] : [reading, without]) {
      assert.match(zh, /\p{Script=Han}/u, id);
      assert.doesNotMatch(en, /\p{Script=Han}/u, id);
    }
    assert.equal(without === null, figure !== null || record !== null, id);
  }
});

test('each of the five agreements is pinned by the hash of its text and its months are China’s', () => {
  const hashes = agreements.map((name) => shipped(name).agreement?.sha256);
  assert.deepEqual(hashes, [
    '530d7a9f856b79e1830b99ffb04b5f0875809b51ebeb984f54849a580b5b8815',
    '44274fc6ede8ec18ded368dca36313f6c1ae19fa4f696f0a9d4c801ab1e166ea',
    'c5c34c263ee6e64480e30a397846ee4bf0c0cb0a184f6bad2e237e816ca655f5',
    '9e61920838274418f1a005e43d1df7099ada96a9c39caf8fd89e66783228d330',
    '4773a250c6f4273ad1a31b7ad01e921e6418cdbd086663f52e565e1bf9d2c6fb',
  ]);
  for (const name of agreements) assert.equal(shipped(name).zone, 'Asia/Shanghai');
});

const percent = (numerator: number, denominator: number) => ({ numerator, denominator });

test('tencent-exmail-2020 promises 99.9 % of the calendar month, with three tiers and a claim window', () => {
  const { target, tiers, claim, maintenance, denominator } = shipped('tencent-exmail-2020');
  assert.deepEqual(target, percent(999, 1000));
  assert.deepEqual(denominator, { kind: 'calendar' });
  assert.deepEqual(tiers, [
    { from: percent(99, 100), to: percent(999, 1000), credit: percent(1, 10) },
    { from: percent(19, 20), to: percent(99, 100), credit: percent(1, 5) },
    { from: percent(0, 1), to: percent(19, 20), credit: percent(1, 1) },
  ]);
  assert.deepEqual(claim, {
    opensAfterWorkingDay: 5,
    lapses: { kind: 'calendar-days', days: 60 },
    calendar: 'PRC',
  });
  assert.deepEqual(maintenance, { rule: 'notified', notice: 0, yearlyCap: null });
});

test('a variant differs from the contract that it extends by its key, its name and its title only', () => {
  const { name, title, combination, ...rest } = shipped('tencent-exmail-2020');
  assert.equal(combination, 'any');
  for (const one of ['all', 'cross']) {
    const { name: own, title: ownTitle, combination: read, ...same } = shipped(`${name}-${one}`);
    assert.equal(read, one);
    assert.notEqual(own, name);
    assert.notEqual(ownTitle, title);
    assert.deepEqual(same, rest);
  }
});

test('tencent-exmail-quality counts ten percent of the users, over 43,200 minutes, with a gloss of 44', () => {
  const { users, denominator, promises, remedy } = shipped('tencent-exmail-quality');
  assert.deepEqual(users, { share: percent(1, 10), inclusive: true });
  assert.deepEqual(denominator, { kind: 'fixed', minutes: 43_200 });
  assert.equal(remedy, null);
  assert.deepEqual(promises[0], {
    clause: 'T3.4',
    measure: 'unavailable-minutes',
    comparison: 'at-most',
    limit: percent(44, 1),
    denominator: { kind: 'calendar' },
    excused: 0,
  });
});

test('enterprise-mail-guarantee wants less than 44 minutes, and excuses one maximum delay', () => {
  const { promises, maintenance } = shipped('enterprise-mail-guarantee');
  const shown = promises.map(({ clause, measure, comparison, limit, excused }) =>
    [clause, measure, comparison, limit.numerator / limit.denominator, excused].join(' '),
  );
  assert.deepEqual(shown, [
    'T4.2 unavailable-minutes below 44 0',
    'T4.6-7 send-delay-mean at-most 60000 0',
    'T4.6-7 receive-delay-mean at-most 60000 0',
    'T4.8 send-delay-maximum at-most 3600000 1',
    'T4.8 receive-delay-maximum at-most 3600000 1',
    'T4.11 unavailable-minutes at-most 100 0',
    'T4.12 maintenance-minutes at-most 100 0',
    'T4.13 availability at-least 0.9999 0',
    'T4.14 fault-free-days at-least 360 0',
    'T4.16 page-open-mean at-most 10000 0',
  ]);
  assert.equal(maintenance.rule, 'approved');
});

test('agreements without an availability promise have no target, and their minutes no verdict', () => {
  for (const name of ['tencent-ses', 'aliyun-reseller']) {
    const { target, tiers, promises } = shipped(name);
    assert.deepEqual([target, tiers, promises], [null, [], []]);
  }
});

test('the further profiles promise what their published terms say', () => {
  const google = shipped('google-workspace');
  assert.deepEqual(
    google.tiers.map(({ credit, serviceDays }) => [credit, serviceDays]),
    [
      [null, 3],
      [null, 7],
      [null, 15],
    ],
  );
  assert.deepEqual(google.users, { share: percent(1, 20), inclusive: false });
  const { claim, tiers } = shipped('microsoft-365');
  assert.deepEqual(claim?.lapses, { kind: 'end-of-next-month' });
  assert.deepEqual(
    tiers.map(({ credit }) => credit),
    [percent(1, 4), percent(1, 2), percent(1, 1)],
  );
  assert.equal(shipped('alimail-intl-2024').users?.inclusive, false);
  const { threshold, maintenance } = shipped('ten-minute-rule');
  assert.equal(threshold, 600_000);
  assert.deepEqual(maintenance, { rule: 'notified', notice: 5 * 86_400_000, yearlyCap: 720 });
});

test('a tenant may name a variant that comes with the program', () => {
  const settings = settingsOf(
    exchanged('name: acme', 'name: acme\n    contract: tencent-exmail-2020-all'),
  );
  assert.equal(settings.contracts.get('tencent-exmail-2020-all')?.clauses.length, 25);
});
