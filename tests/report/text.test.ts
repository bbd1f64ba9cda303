import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderText } from '../../src/report/text.ts';
import { languages, wordsOf } from '../../src/report/words/of.ts';
import { run } from './entries.ts';
import { reportOf, statesOf } from './example.ts';
import { at, period } from './instants.ts';

const english = wordsOf('en');
const chinese = wordsOf('zh');

const golden = (language: string) =>
  readFileSync(new URL(`./worked.${language}.golden.txt`, import.meta.url), 'utf8');

for (const language of languages) {
  test(`a worked month reads exactly like the golden text: ${language}`, () => {
    assert.equal(renderText(reportOf(), wordsOf(language)), golden(language));
  });
}

test('the answer comes first: figure, promise, credit in money, and until when it can be claimed', () => {
  // 124 of 44 640 lost: 99.7222 %, in [99, 99.9): 10 % of 200.00. October ended on a Saturday; the fifth
  // working day of November is Friday the 6th; the 60th day after 31 October is 30 December.
  assert.equal(
    renderText(reportOf(), english).split('\n')[2],
    'October 2026: availability 99.7222 % (at least 99.6908 %) — promise broken; credit: 10 % of the month’s fee (CNY 20.00); claim from 2026-11-07 to 2026-12-30.',
  );
  assert.equal(
    renderText(reportOf(), chinese).split('\n')[2],
    '2026 年 10 月：服务可用性 99.7222%（下限 99.6908%），未达到承诺；赔偿：月度服务费的 10%（CNY 20.00）；申请赔偿期限：2026-11-07 至 2026-12-30。',
  );
});

test('a month that is still running shows what may come, and from when on it is provisional', () => {
  const now = at('20T00:00:00');
  const running = reportOf({ generatedAt: now, closedUntil: now }, { states: statesOf(now) });
  const text = renderText(running, english);
  // 31 days less 19: 12 × 1440.
  assert.match(text, /Ahead +17280 minutes still to come/);
  assert.match(text, /So far +10 % of the month’s fee/);
  assert.match(text, /Possible +10 % of the month’s fee, 20 % of the month’s fee, 100 %/);
  assert.match(text, /provisional from 2026-10-20 00:00:00.000 \+08:00 on/);
});

test('a finished month without a failure says so, and that it is final', () => {
  const states = new Map([...statesOf().keys()].map((minute) => [minute, 'available' as const]));
  const change = { runs: [], unknown: [], exclusions: [], domainChanges: [], seal: null };
  const text = renderText(reportOf(change, { states }), english);
  assert.match(
    text,
    /availability 100\.0000 % \(at least 100\.0000 %\) — promise kept; credit: none\./,
  );
  assert.match(text, /Verdict +KEPT: /);
  assert.match(text, /Without exclusions +the same: no minute is excluded/);
  for (const title of ['OUTAGES AND DISTURBANCES', 'EXCLUSIONS', 'UNKNOWN PERIODS'])
    assert.ok(text.includes(`${title} (0)\n  None.`), title);
  assert.match(text, /STANDING\n {2}Every minute of this period is final\.\n$/);
  assert.match(text, /No day of evidence is sealed yet/);
});

test("a server's code and a person's note cannot break the line or reach the terminal", () => {
  const code = '\u001b[2J\r\nVerdict MET\u202e';
  for (const language of languages) {
    const text = renderText(reportOf({ runs: [{ ...run, code }] }), wordsOf(language));
    assert.ok(text.includes('�[2J��Verdict MET�'), language);
    assert.doesNotMatch(text, /^Verdict MET/m);
  }
});

test('the six states and what lies ahead add up to the minutes of the period', () => {
  for (const language of languages) {
    const text = golden(language);
    const from = text.indexOf(wordsOf(language).sections.minutes);
    const rows = text.slice(from).split('\n').slice(1, 9);
    const counts = rows.map((row) => Number(/ (\d+) {2}/.exec(row)?.[1]));
    const together = counts.pop();
    assert.equal(together, (period.to - period.from) / 60_000);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      together,
    );
  }
});

test('the sentence of T1.26 stands on the report of a contract that has it, and of no other', () => {
  assert.match(golden('en'), /IN A DISPUTE\n {2}T1\.26: If the parties disagree/);
  assert.match(golden('zh'), /争议处理\n {2}T1\.26：.*最终以腾讯云的后台记录为准。/);
  const plain = { ...reportOf().contract, clauses: [] };
  assert.doesNotMatch(renderText(reportOf({ contract: plain }), english), /DISPUTE/);
});
