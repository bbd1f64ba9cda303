import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCsv } from '../../src/report/csv.ts';
import { type TableName, tableNames } from '../../src/report/table.ts';
import { languages, wordsOf } from '../../src/report/words/of.ts';
import { entryOf, exclusions, run } from './entries.ts';
import { reportOf } from './example.ts';
import { period } from './instants.ts';

const english = wordsOf('en');

function csvOf(name: TableName, report = reportOf(), words = english): string {
  return renderCsv(name, [report], words, { byteOrderMark: false });
}

/** A reader of RFC 4180 that takes nothing else: CRLF, quotes doubled, every line as long as the first. */
function parse(text: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const lines: string[][] = [];
  let cells: string[] = [];
  for (let at = 0; at < text.length; ) {
    cell.lastIndex = at;
    const match = cell.exec(text);
    assert.ok(match, `no CSV at ${at}: ${text.slice(at, at + 40)}`);
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    at += match[0].length;
    if (match[3] === ',') continue;
    lines.push(cells);
    cells = [];
  }
  for (const line of lines) assert.equal(line.length, lines[0]?.length);
  return lines;
}

function rowsOf(text: string): Record<string, string>[] {
  const [header = [], ...lines] = parse(text);
  return lines.map((line) => Object.fromEntries(header.map((name, i) => [name, line[i] ?? ''])));
}

test('the outages read back with the amounts of the report', () => {
  const [first, second] = rowsOf(csvOf('outages'));
  assert.equal(first?.protocol, 'SMTP');
  assert.equal(first?.attribution_by_evidence, 'throttling of the probe (never an outage)');
  assert.match(
    first?.attribution_changed ?? '',
    /^#5 to the customer by Li Wei on .*own test mail$/,
  );
  assert.equal(second?.certain_from, '2026-10-03T12:30:10.250+08:00');
  assert.equal(second?.certain_to, '2026-10-03T14:36:01.007+08:00');
  // 249.750 + 7201.007
  assert.equal(second?.certain_seconds, '7450.757');
  assert.equal(second?.possible_seconds, '7595.000');
  assert.deepEqual(
    [second?.counted_minutes, second?.first_result, second?.last_result, second?.failed_results],
    ['124', '120', '188', '31'],
  );
});

test('every minute of the month has its state, with and without exclusions', () => {
  const rows = rowsOf(csvOf('minutes'));
  assert.equal(rows.length, 44_640);
  assert.equal(rows[0]?.minute, '2026-10-01T00:00:00.000+08:00');
  const lost = rows.filter(({ state }) => state === 'unavailable');
  assert.equal(lost.length, 124);
  const left = rows.filter(({ state }) => state === 'excluded');
  assert.equal(left.length, 30);
  assert.ok(left.every(({ without_exclusions: bare }) => bare === 'unavailable'));
});

test('exclusions tell what counted, what was refused and what was withdrawn', () => {
  const rows = rowsOf(csvOf('exclusions'));
  assert.deepEqual(
    rows.map((row) => [row.id, row.counted_seconds, row.refused]),
    [
      ['1', '1800.000', ''],
      ['2', '0.000', 'not notified before its start'],
      ['3', '0.000', 'withdrawn'],
    ],
  );
  assert.match(rows[2]?.withdrawn ?? '', /^WITHDRAWN by Wang Fang on .*: entered twice$/);
});

test('the clause table reads back with every clause, in both languages', () => {
  const report = reportOf();
  for (const language of languages) {
    const words = wordsOf(language);
    const rows = rowsOf(csvOf('clauses', report, words));
    const column = (name: 'clause' | 'text' | 'reading') =>
      rows.map((row) => row[words.columns[name]]);
    const { clauses } = report.contract;
    assert.deepEqual(
      column('clause'),
      clauses.map(({ id }) => id),
    );
    assert.deepEqual(
      column('text'),
      clauses.map(({ text }) => text),
    );
    assert.deepEqual(
      column('reading'),
      clauses.map(({ reading }) => reading[language]),
    );
    for (const row of rows)
      assert.ok(row[words.columns.value] || row[words.columns.without_value], row.clause);
  }
});

test('columns have a name of their own in either language', () => {
  const begun = reportOf({ generatedAt: period.from + 180_000 });
  for (const language of languages)
    for (const name of tableNames) {
      const [header = []] = parse(csvOf(name, begun, wordsOf(language)));
      assert.equal(new Set(header).size, header.length);
      assert.ok(header.every((one) => one !== ''));
    }
});

test('hostile texts stay in their cell and are no formula', () => {
  const texts = [
    '=HYPERLINK("http://evil.example","x")',
    '+1',
    '-1',
    '@SUM(A1)',
    ' =1',
    '＝1',
    '\t=1',
    'a,b\r\n"c"',
    '\u202e\u0000\u001b[2J',
  ];
  for (const hostile of texts) {
    const [one] = exclusions;
    assert.ok(one);
    const exclusion = { ...one.exclusion, ...entryOf(1, { note: hostile, evidence: hostile }) };
    const text = csvOf('exclusions', reportOf({ exclusions: [{ ...one, exclusion }] }));
    const [row] = rowsOf(text);
    assert.doesNotMatch(row?.note ?? '', /^\s*[=+\-@＝\t\r]/);
    assert.equal(row?.note, row?.evidence);
    assert.doesNotMatch(text.replaceAll('\r\n', ''), /[\p{Cc}\p{Cf}]/u);
    const runs = [{ ...run, code: hostile }];
    assert.doesNotMatch(
      rowsOf(csvOf('outages', reportOf({ runs })))[0]?.code ?? '',
      /^\s*[=+\-@＝]/,
    );
  }
});

test('several tenants share one header, and each row names its own', () => {
  const reports = [reportOf(), reportOf({ tenant: 'other' })];
  const rows = rowsOf(renderCsv('outages', reports, english, { byteOrderMark: false }));
  assert.deepEqual(
    rows.map(({ tenant }) => tenant),
    ['acme', 'acme', 'other', 'other'],
  );
});

test('a byte order mark comes only when it is asked for', () => {
  assert.ok(!csvOf('outages').startsWith('\uFEFF'));
  const marked = renderCsv('outages', [reportOf()], english, { byteOrderMark: true });
  assert.equal(marked, `\uFEFF${csvOf('outages')}`);
});
