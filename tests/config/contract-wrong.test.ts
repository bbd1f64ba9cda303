import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeContract } from '../../src/config/contract.ts';
import { formatFault } from '../../src/config/fault.ts';
import type { Findings } from '../../src/config/section.ts';

const clause = `clauses:
  - id: C.1
    text: at least 99.9%
    reading: { en: a, zh: 甲 }
    class: derived
    figure: availability
`;

/** The faults of a contract with these lines after its name, title and target, without its file's name. */
function faultsOf(lines: string): readonly string[] {
  const findings: Findings = { faults: [], warnings: [] };
  const text = `name: mine\ntitle: Mine\ntarget: 99.9%\n${lines}`;
  const contract = decodeContract(text, 'mine.yaml', { findings });
  assert.equal(contract === null, findings.faults.length > 0);
  return findings.faults.map((fault) => formatFault(fault).replace('mine.yaml:', ''));
}

test('a contract with every key is right', () => {
  const lines = `agreement: { title: Ours, published: 2024-02-29 }
zone: Europe/Berlin
users: { share: 5%, inclusive: false }
denominator: 43200
promises: [{ clause: C.1, measure: availability, at_least: 99.99% }]
tiers: [{ from: 99%, to: 99.9%, credit: 10% }, { from: 0%, to: 99%, service_days: 7 }]
remedy: { kind: credit, text: a tenth of the fee }
maintenance: { rule: notified, notice: 24h, yearly_cap: 10h }
claim: { opens_after_working_day: 5, lapses_after_days: 60, calendar: weekdays }
${clause}`;
  assert.deepEqual(faultsOf(lines), []);
});

const share = 'with at most 6 decimals, such as 99.9%';
const promise = (terms: string) => `promises:\n  - { clause: C.1, ${terms} }\n${clause}`;
const second = (rest: string) => `${clause}  - id: C.2\n    text: x\n${rest}`;
const read = '    reading: { en: a, zh: 甲 }\n';

/** What is written, and the faults that it has. */
const wrong: readonly (readonly [string, string, ...string[]])[] = [
  [
    'a gap between two tiers',
    'tiers:\n  - { from: 99%, to: 99.9%, credit: 10% }\n  - { from: 0%, to: 98.99%, credit: 20% }\n',
    '6:21 tiers[1].to: expected 99%, where tiers[0] begins (the best first), found 98.99%: a gap, availability from 98.99% to below 99% would have no tier',
  ],
  [
    'an overlap of two tiers',
    'tiers:\n  - { from: 99%, to: 99.9%, credit: 10% }\n  - { from: 0%, to: 99.5%, credit: 20% }\n',
    '6:21 tiers[1].to: expected 99%, where tiers[0] begins (the best first), found 99.5%: an overlap, availability from 99% to below 99.5% would have two tiers',
  ],
  [
    'a top tier that ends below the target',
    'tiers:\n  - { from: 0%, to: 99.89%, credit: 10% }\n',
    '5:21 tiers[0].to: expected the target, 99.9%, in the first tier, found 99.89%: availability from 99.89% to below the target would have no tier',
  ],
  [
    'a top tier that ends above the target',
    'tiers:\n  - { from: 0%, to: 100%, credit: 10% }\n',
    '5:21 tiers[0].to: expected the target, 99.9%, in the first tier, found 100%: availability that meets the target would have a credit',
  ],
  [
    'a lowest tier that does not reach down to zero',
    'tiers:\n  - { from: 95%, to: 99.9%, credit: 10% }\n',
    '5:13 tiers[0].from: expected 0% in the last tier, found 95%: a gap, availability below 95% would have no tier',
  ],
  [
    'a tier upside down',
    'tiers:\n  - { from: 99.9%, to: 99%, credit: 10% }\n',
    '5:13 tiers[0].from: expected less than to, 99%, found 99.9%',
  ],
  [
    'a tier without a credit',
    'tiers:\n  - { from: 0%, to: 99.9% }\n',
    '5:5 tiers[0]: expected exactly one of credit and service_days, found neither',
  ],
  [
    'tiers as a mapping',
    'tiers: { from: 0%, to: 99.9%, credit: 10% }\n',
    '4:1 tiers: expected a list of 0 to 20 tiers, found a mapping',
  ],
  [
    'a share with too many decimals',
    'users: { share: 9.9999999%, inclusive: true }\n',
    `4:17 users.share: expected a share above 0% and up to 100% ${share}, found "9.9999999%"`,
  ],
  [
    'a float instead of a share',
    'tiers:\n  - { from: 0%, to: 0.999, credit: 10% }\n',
    `5:21 tiers[0].to: expected a share from 0% to 100% ${share}, found 0.999`,
  ],
  [
    'users without the word whether the share itself is enough',
    'users: { share: 10% }\n',
    '4:1 users.inclusive: expected true (that share is enough) or false (more than that share), found nothing',
  ],
  ['an unknown key', 'teirs: []\n', '4:1 teirs: unknown key, did you mean "tiers"?'],
  [
    'an unknown key inside',
    'maintenance: { rule: notified, notise: 24h }\n',
    '4:32 maintenance.notise: unknown key, did you mean "notice"?',
  ],
  [
    'negative notice',
    'maintenance: { rule: notified, notice: -24h }\n',
    '4:40 maintenance.notice: expected a duration from 0s to 90d such as 24h, found "-24h"',
  ],
  [
    'notice where no maintenance is left out',
    'maintenance: { rule: none, notice: 24h }\n',
    '4:36 maintenance.notice: has no effect with rule: none',
  ],
  [
    'a yearly cap in seconds',
    'maintenance: { rule: approved, yearly_cap: 90s }\n',
    '4:44 maintenance.yearly_cap: expected a duration of whole minutes from 0s to 366d such as 10h, found "90s"',
  ],
  [
    'an unknown rule',
    'maintenance: { rule: notifed }\n',
    '4:22 maintenance.rule: expected one of notified, approved, none, found "notifed", did you mean "notified"?',
  ],
  [
    'an unknown zone',
    'zone: Asia/Shanghia\n',
    '4:7 zone: expected an IANA time zone such as Asia/Shanghai, found "Asia/Shanghia", did you mean "Asia/Shanghai"?',
  ],
  [
    'a denominator with a separator of thousands',
    'denominator: 43,200\n',
    '4:14 denominator: expected calendar, or a fixed number of minutes from 1440 to 44640 such as 43200, found "43,200"',
  ],
  [
    'a promise with a wrong measure',
    promise('measure: availabilty, at_least: 99%'),
    '5:29 promises[0].measure: expected one of availability, unavailable-minutes, maintenance-minutes, fault-free-days, send-delay-mean, send-delay-maximum, receive-delay-mean, receive-delay-maximum, page-open-mean, found "availabilty", did you mean "availability"?',
  ],
  [
    'a promise that an outage lasts at least so long',
    promise('measure: unavailable-minutes, at_least: 44m'),
    '5:60 promises[0].at_least: expected at_most or below with unavailable-minutes, found at_least',
  ],
  [
    'a promise of minutes as a share',
    promise('measure: unavailable-minutes, at_most: 99.9%'),
    '5:59 promises[0].at_most: expected a duration of whole minutes from 0s to 31d such as 44m, found "99.9%"',
  ],
  [
    'a promise of days in hours',
    promise('measure: fault-free-days, at_least: 8641h'),
    '5:56 promises[0].at_least: expected a duration of whole days from 1d to 366d such as 360d, found "8641h"',
  ],
  [
    'a promise with two limits',
    promise('measure: page-open-mean, at_most: 10s, below: 10s'),
    '5:5 promises[0]: expected exactly one of at_least, at_most and below, found at_most and below',
  ],
  [
    'a promise without a limit',
    promise('measure: page-open-mean'),
    '5:5 promises[0]: expected exactly one of at_least, at_most and below, found none',
  ],
  [
    'a denominator of a delay',
    promise('measure: send-delay-mean, at_most: 60s, denominator: 43200'),
    '5:73 promises[0].denominator: expected only with availability, found with send-delay-mean',
  ],
  [
    'an excuse for a mean',
    promise('measure: send-delay-mean, at_most: 60s, excused: 1'),
    '5:69 promises[0].excused: expected only with a maximum, found with send-delay-mean',
  ],
  [
    'a promise of a clause that is not there',
    promise('measure: availability, at_least: 99%').replace('C.1', 'C.7'),
    '5:15 promises[0].clause: expected the id of one of the clauses, found "C.7", did you mean "C.1"?',
  ],
  [
    'a clause without a source of its value',
    second(`${read}    class: unobservable\n`),
    '10:5 clauses[1]: expected figure, record, or without: { en, zh } to say why there is no value',
  ],
  [
    'a clause with a value and a reason why it has none',
    second(`${read}    class: derived\n    figure: tier\n    without: { en: a, zh: 甲 }\n`),
    '15:5 clauses[1].without: expected only where there is neither figure nor record',
  ],
  [
    'a clause twice',
    second(`${read}    class: derived\n    figure: tier\n`).replace('C.2', 'C.1'),
    '10:9 clauses[1].id: expected a unique id, found that of clauses[0]',
  ],
  [
    'a figure of what cannot be observed',
    second(`${read}    class: unobservable\n    figure: tier\n`),
    '13:12 clauses[1].class: expected measured or derived among the classes of a figure, found unobservable',
  ],
  [
    'a record of what is only measured',
    second(`${read}    class: measured\n    record: ticket\n`),
    '13:12 clauses[1].class: expected recorded among the classes of a record, found measured',
  ],
  [
    'a recorded clause with a figure only',
    second(`${read}    class: [derived, recorded]\n    figure: tier\n`),
    '10:5 clauses[1]: expected record with class recorded, found a figure only',
  ],
  [
    'a class of no such name',
    second(`${read}    class: measurd\n    figure: tier\n`),
    '13:12 clauses[1].class: expected one or a list of different ones of measured, derived, recorded, unobservable, found "measurd", did you mean "measured"?',
  ],
  [
    'a reading in one language',
    second(`    reading: { en: a }\n    class: derived\n    figure: tier\n`),
    '12:5 clauses[1].reading.zh: expected a text of 1 to 600 characters on one line, found nothing',
  ],
  [
    'a clause id with a dash of typesetting',
    second(`${read}    class: derived\n    figure: tier\n`).replace('C.2', 'C.2–3'),
    '10:9 clauses[1].id: expected the id of a clause, 1 to 30 letters, digits, . ( ) _ and -, such as T1.13-17, found "C.2–3"',
  ],
  [
    'a hash that is cut short',
    'agreement: { title: Ours, sha256: 530d7a9f }\n',
    '4:35 agreement.sha256: expected a SHA-256 of 64 hexadecimal digits, as sha256sum prints it, found "530d7a9f"',
  ],
  [
    'a day that is not in the calendar',
    'agreement: { title: Ours, published: 2023-02-29 }\n',
    '4:38 agreement.published: expected a date such as 2020-09-15, found "2023-02-29"',
  ],
  [
    'working days of nobody’s calendar',
    'claim: { opens_after_working_day: 5, lapses_after_days: 60 }\n',
    '4:1 claim: expected calendar: PRC or weekdays, whose working days are counted',
  ],
  [
    'a claim that lapses before it opens',
    'claim: { opens_after_working_day: 5, lapses_after_days: 5, calendar: PRC }\n',
    '4:57 claim.lapses_after_days: expected more than 5 days, found 5: it would lapse before it opens',
  ],
  [
    'a claim without an end',
    'claim: { calendar: PRC }\n',
    '4:1 claim.lapses_after_days: expected a number of calendar days from 1 to 3660, or end_of_next_month, found nothing',
  ],
  [
    'a remedy of an unknown kind',
    'remedy: { kind: cash, text: all of it }\n',
    '4:17 remedy.kind: expected one of voucher, credit, service-time, other, found "cash"',
  ],
  [
    'faults in several places at once',
    'users: half\ntiers: [{ from: 0%, to: 99.9%, credit: 0% }]\n',
    '4:8 users: expected a mapping, found "half"',
    `5:40 tiers[0].credit: expected a share above 0% and up to 100% ${share}, found "0%"`,
  ],
];

for (const [what, lines, ...faults] of wrong) {
  test(`${what} is refused, with its place and what was expected`, () => {
    assert.deepEqual(faultsOf(lines), faults);
  });
}

test('tiers need a target', () => {
  const findings: Findings = { faults: [], warnings: [] };
  const text = 'name: mine\ntitle: Mine\ntiers: [{ from: 0%, to: 99.9%, credit: 10% }]\n';
  assert.equal(decodeContract(text, 'mine.yaml', { findings }), null);
  assert.deepEqual(findings.faults.map(formatFault), [
    'mine.yaml:3:1 tiers: expected a target with tiers, found none',
  ]);
});
