import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJson } from '../../src/report/json.ts';
import { reportOf } from './example.ts';

/** Every path to a value, lists shown by `[]`, in the order of appearance. */
function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${path}[]`));
  if (value === null || typeof value !== 'object') return [path];
  return Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, path === '' ? key : `${path}.${key}`),
  );
}

const instant = (path: string): string[] => [`${path}.iso`, `${path}.epochMilliseconds`];
const interval = (path: string): string[] => [
  ...instant(`${path}.from`),
  ...instant(`${path}.to`),
  `${path}.milliseconds`,
];
const ratio = (path: string): string[] => [
  `${path}.numerator`,
  `${path}.denominator`,
  `${path}.percent`,
];

test('keys come in one documented order', () => {
  const paths = [...new Set(pathsOf(JSON.parse(renderJson(reportOf()))))];
  assert.deepEqual(paths, [
    ...['format', 'version', 'tenant', 'month', 'zone'],
    ...interval('period'),
    ...instant('generatedAt'),
    ...instant('closedUntil'),
    'provisional',
    ...['contract.name', 'contract.title', 'contract.protocols[]', 'contract.combination'],
    ...['contract.thresholdMilliseconds', 'contract.depth'],
    ...ratio('contract.target'),
    'protocols[]',
    'figures.totalMinutes',
    ...['excluded', 'unavailable', 'unknown', 'suspect', 'degraded', 'available'].map(
      (state) => `figures.minutes.${state}`,
    ),
    ...['figures.aheadMinutes', 'figures.provenMinutes', 'figures.possibleMinutes'],
    ...ratio('figures.availability.headline'),
    ...ratio('figures.availability.atLeast'),
    ...ratio('figures.coverage'),
    'figures.verdict',
    ...['protocol', 'depth', 'phase', 'reason', 'code'].map((key) => `runs[].${key}`),
    ...interval('runs[].certain[]'),
    ...interval('runs[].possible'),
    ...['open', 'attempts', 'confirmed', 'attribution', 'countedMinutes'].map(
      (key) => `runs[].${key}`,
    ),
    ...interval('unknown[]'),
    'notes[]',
  ]);
});

test('a JSON round trip gives back what the report holds', () => {
  const report = reportOf();
  const read = JSON.parse(renderJson(report));
  const stretch = (value: {
    from: { epochMilliseconds: number };
    to: { epochMilliseconds: number };
  }): object => ({ from: value.from.epochMilliseconds, to: value.to.epochMilliseconds });
  assert.deepEqual(stretch(read.period), report.period);
  assert.equal(read.generatedAt.epochMilliseconds, report.generatedAt);
  assert.deepEqual(read.figures.minutes, report.figures.minutes);
  assert.deepEqual(
    read.runs.map((run: { certain: Parameters<typeof stretch>[0][] }) => run.certain.map(stretch)),
    report.runs.map((run) => run.certain),
  );
  assert.deepEqual(read.unknown.map(stretch), report.unknown);
  assert.deepEqual(
    read.runs.map((run: { countedMinutes: unknown }) => run.countedMinutes),
    [124, null],
  );
});

test("instants say the same moment twice: ISO with the zone's offset, and epoch ms", () => {
  const { period, closedUntil } = JSON.parse(renderJson(reportOf()));
  for (const { iso, epochMilliseconds } of [period.from, period.to, closedUntil]) {
    assert.match(iso, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/);
    assert.equal(Date.parse(iso), epochMilliseconds);
  }
});

test('amounts are integers, shares are exact and also written as percent', () => {
  const text = renderJson(reportOf());
  const { figures, provisional } = JSON.parse(text);
  assert.deepEqual(figures.availability.headline, {
    numerator: 44_516,
    denominator: 44_640,
    percent: '99.7222',
  });
  assert.equal(figures.provenMinutes, 124);
  assert.equal(figures.possibleMinutes, 139);
  assert.doesNotMatch(text, /: -?\d+\.\d/);
  assert.equal(provisional, true);
  const final = renderJson(reportOf({ closedUntil: reportOf().period.to }));
  assert.equal(JSON.parse(final).provisional, false);
});

test('the same report gives the same bytes', () => {
  assert.equal(renderJson(reportOf()), renderJson(reportOf()));
  assert.ok(renderJson(reportOf()).endsWith('}\n'));
});
