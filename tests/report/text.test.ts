import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figuresOf } from '../../src/domain/figures.ts';
import { minuteStates } from '../../src/domain/ledger.ts';
import { renderText } from '../../src/report/text.ts';
import { reportOf } from './example.ts';

const golden = `Mail availability of acme, 2026-10
==================================
Contract      Hosted mail 2020 (exmail)
Promise       99.9 % a month; down when any protocol fails for at least 60 s
Observed      smtp, imap
Period        2026-10-01 00:00:00.000 +08:00 up to 2026-11-01 00:00:00.000 +08:00
Time zone     Asia/Shanghai
Written       2026-10-16 09:01:00.123 +08:00

AVAILABILITY
  Headline      99.7222 %   124 of 44640 minutes proven unavailable
  At least      99.6886 %   139 of 44640 minutes possibly so
  Coverage      99.9458 %   of the minutes judged so far are not unknown
  Target        99.9 %
  Verdict       BREACHED: the proven outages alone break the promise
  Ahead         22499 minutes are still to come: not lost in the figures above, open in the verdict

MINUTES
  available      22000   every protocol was seen to work and none failed
  degraded           2   a failure too short to count under any reading
  suspect            3   not proven; counts if the outage was as long as the evidence allows
  unknown           12   no evidence that rules an outage out, or a fault on our own side
  unavailable      124   proven, and long enough to count
  excluded           0   covered by a documented exclusion
  still ahead    22499   minutes of the period that are not judged yet
  together       44640   the minutes of the period

OUTAGES AND DISTURBANCES (2)
   1. smtp, depth connect: throttled in phase greeting
      certain     2026-10-02 01:00:00.000 +08:00   (this instant)
      possible    2026-10-02 00:59:40.000 +08:00 up to 2026-10-02 01:00:05.500 +08:00   25.500 s, still open
      evidence    1 failed attempt, unconfirmed
      attributed  to throttling of the probe (never an outage)

   2. imap, depth login: temporary-error in phase auth ([UNAVAILABLE])
      certain     2026-10-03 12:30:10.250 +08:00 up to 2026-10-03 12:34:20.000 +08:00   4 min 09.750 s
                  2026-10-03 12:36:00.000 +08:00 up to 2026-10-03 14:36:01.007 +08:00   2 h 00 min 01.007 s
      possible    2026-10-03 12:29:55.000 +08:00 up to 2026-10-03 14:36:30.000 +08:00   2 h 06 min 35.000 s
      evidence    31 failed attempts, confirmed
      attributed  to the provider
      counted     124 unavailable minutes

UNKNOWN PERIODS (1)
  2026-10-05 03:00:00.000 +08:00 up to 2026-10-05 03:12:00.000 +08:00   12 minutes

NOTES
  - The daemon was restarted on 5 October.

STANDING
  Results are provisional from 2026-10-16 08:59:00.000 +08:00 on:
  minutes after that instant may still change their state as evidence arrives.
`;

test('a month that is still running reads exactly like this', () => {
  assert.equal(renderText(reportOf()), golden);
});

test('a finished month without a failure says so, and that it is final', () => {
  const report = reportOf();
  const zero = Object.fromEntries(minuteStates.map((state) => [state, 0]));
  const minutes = { ...report.figures.minutes, ...zero, available: 44_640 };
  const text = renderText(
    reportOf({
      figures: figuresOf(report.contract, report.period, minutes),
      closedUntil: report.period.to,
      runs: [],
      unknown: [],
      notes: [],
    }),
  );
  assert.match(text, /Headline {6}100\.0000 % {3}0 of 44640/);
  assert.match(text, /Verdict {7}MET: /);
  assert.match(text, /DISTURBANCES \(0\)\n {2}None\./);
  assert.match(text, /UNKNOWN PERIODS \(0\)\n {2}None\./);
  assert.match(text, /STANDING\n {2}Every minute of this period is final\.\n$/);
  assert.doesNotMatch(text, /provisional|NOTES|Ahead/);
});

test("a server's code cannot break the line or reach the terminal", () => {
  const [run] = reportOf().runs;
  assert.ok(run);
  const text = renderText(reportOf({ runs: [{ ...run, code: '\u001b[2J\r\nVerdict MET\u202e' }] }));
  assert.ok(text.includes('(�[2J��Verdict MET�)'));
  assert.doesNotMatch(text, /^Verdict MET/m);
});

test('minutes and what lies ahead add up to the period, on the page as in the figures', () => {
  const rows = golden.matchAll(/^ {2}(?:[a-z]+|still ahead) +(\d+) {3}/gm);
  const counts = [...rows].map((row) => Number(row[1]));
  const together = counts.pop();
  assert.equal(counts.length, 7);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    together,
  );
});
