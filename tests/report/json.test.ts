import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJson } from '../../src/report/json.ts';
import { languages, wordsOf } from '../../src/report/words/of.ts';
import { entryOf, exclusions, run } from './entries.ts';
import { reportOf, statesOf } from './example.ts';
import { at } from './instants.ts';

const english = wordsOf('en');
const jsonOf = (report = reportOf()) => renderJson(report, english);

test('keys come in one documented order, those of version 1 with what they meant', () => {
  const document = JSON.parse(jsonOf());
  assert.deepEqual(Object.keys(document), [
    ...['format', 'version', 'language', 'tenant', 'month', 'zone', 'answer', 'period'],
    ...['generatedAt', 'closedUntil', 'provisional', 'contract', 'protocols', 'depths', 'figures'],
    ...['figuresWithoutExclusions', 'promises', 'credit', 'claim', 'dispute', 'runs'],
    ...['exclusions', 'unknown', 'domainChanges', 'push', 'records', 'clauses', 'notes'],
    'seal',
  ]);
  assert.deepEqual([document.format, document.version], ['mailminute-month-report', 2]);
  assert.deepEqual(Object.keys(document.contract), [
    ...['name', 'title', 'protocols', 'combination', 'thresholdMilliseconds', 'depth', 'target'],
    ...['denominator', 'agreement', 'remedy'],
  ]);
  assert.deepEqual(Object.keys(document.figures), [
    ...['totalMinutes', 'minutes', 'aheadMinutes', 'provenMinutes', 'possibleMinutes'],
    ...['availability', 'coverage', 'verdict', 'rented'],
  ]);
  assert.deepEqual(Object.keys(document.runs[0]), [
    ...['protocol', 'depth', 'phase', 'reason', 'code', 'certain', 'possible', 'open', 'attempts'],
    ...['confirmed', 'attribution', 'countedMinutes', 'evidentAttribution', 'reattributions'],
    'results',
  ]);
  assert.deepEqual(Object.keys(document.clauses[0]), [
    ...['id', 'text', 'reading', 'classes', 'figure', 'recordKind', 'value', 'without', 'missing'],
    ...['facts', 'promises', 'tickets', 'records'],
  ]);
});

interface Stretch {
  readonly from: { readonly epochMilliseconds: number };
  readonly to: { readonly epochMilliseconds: number };
}
const stretch = ({ from, to }: Stretch): object => ({
  from: from.epochMilliseconds,
  to: to.epochMilliseconds,
});

test('a JSON round trip gives back what the report holds', () => {
  const report = reportOf();
  const read = JSON.parse(jsonOf(report));
  assert.deepEqual(stretch(read.period), report.period);
  assert.equal(read.generatedAt.epochMilliseconds, report.generatedAt);
  assert.deepEqual(read.figures.minutes, report.verdicts.figures.minutes);
  assert.equal(read.figuresWithoutExclusions.provenMinutes, 154);
  assert.deepEqual(
    read.runs.map(({ certain }: { certain: Stretch[] }) => certain.map(stretch)),
    report.runs.map(({ certain }) => certain),
  );
  assert.deepEqual(
    read.runs.map(({ results }: { results: unknown }) => results),
    report.runs.map(({ results }) => results),
  );
  assert.deepEqual(read.unknown.map(stretch), report.unknown);
  assert.equal(read.runs[1].evidentAttribution, 'throttled');
  assert.equal(read.runs[1].reattributions[0].author, 'Li Wei');
  assert.deepEqual(read.seal, report.seal);
  assert.deepEqual(
    read.clauses.map(({ id }: { id: string }) => id),
    report.contract.clauses.map(({ id }) => id),
  );
});

test('exclusions show what was refused and why, and who took one back', () => {
  const [counted, refused, withdrawn] = JSON.parse(jsonOf()).exclusions;
  assert.equal(counted.counted[0].milliseconds, 1_800_000);
  assert.deepEqual([counted.refused, counted.withdrawn], [[], null]);
  assert.equal(refused.refused[0].why, 'notified-late');
  assert.equal(withdrawn.withdrawn.why, 'entered twice');
});

test('claim and credit are exact: days, instants, minor units', () => {
  const { claim, credit } = JSON.parse(jsonOf());
  assert.deepEqual([claim.firstDay, claim.lastDay], ['2026-11-07', '2026-12-30']);
  assert.equal(claim.opensAt.iso, '2026-11-07T00:00:00.000+08:00');
  assert.equal(claim.lapsesAt.iso, '2026-12-31T00:00:00.000+08:00');
  assert.equal(credit.remedy, 'due');
  assert.deepEqual(credit.amounts, [{ currency: 'CNY', minorUnits: 2000 }]);
});

test("instants say the same moment twice: ISO with the zone's offset, and epoch ms", () => {
  const { period, closedUntil } = JSON.parse(jsonOf());
  for (const { iso, epochMilliseconds } of [period.from, period.to, closedUntil]) {
    assert.match(iso, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/);
    assert.equal(Date.parse(iso), epochMilliseconds);
  }
});

test('amounts are integers, shares are exact and also written as percent', () => {
  const text = jsonOf();
  const { figures, provisional } = JSON.parse(text);
  assert.deepEqual(figures.availability.headline, {
    numerator: 44_516,
    denominator: 44_640,
    percent: '99.7222',
  });
  assert.equal(figures.provenMinutes, 124);
  assert.equal(figures.possibleMinutes, 138);
  assert.doesNotMatch(text, /": -?\d+\.\d/);
  assert.equal(provisional, false);
  const now = at('20T00:00:00');
  const running = reportOf({ closedUntil: now }, { states: statesOf(now) });
  assert.equal(JSON.parse(jsonOf(running)).provisional, true);
});

test('words come in the language that was asked for, codes in none', () => {
  const [one, other] = languages.map((language) =>
    JSON.parse(renderJson(reportOf(), wordsOf(language))),
  );
  assert.notEqual(one.answer, other.answer);
  assert.notEqual(one.clauses[0].reading, other.clauses[0].reading);
  assert.deepEqual(one.clauses[0].facts, other.clauses[0].facts);
  assert.deepEqual(one.runs, other.runs);
});

test('hostile texts come through a parser as they are, and no terminal obeys them', () => {
  const hostile = 'a"b\\\r\n\u0000\u001b[2J\u009b\u2028\u202e\u{e0041}';
  const [first] = exclusions;
  assert.ok(first);
  const exclusion = { ...first.exclusion, ...entryOf(1, { note: hostile }) };
  const report = reportOf({
    runs: [{ ...run, code: hostile }],
    exclusions: [{ ...first, exclusion }],
  });
  const text = jsonOf(report);
  assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  const read = JSON.parse(text);
  assert.equal(read.runs[0].code, hostile);
  assert.equal(read.exclusions[0].note, hostile);
});

test('the same report gives the same bytes', () => {
  assert.equal(jsonOf(), jsonOf());
  assert.ok(jsonOf().endsWith('}\n'));
});
