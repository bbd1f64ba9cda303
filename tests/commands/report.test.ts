import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openAssessor } from '../../src/assess/assess.ts';
import { CommandError } from '../../src/commands/exit.ts';
import { monthReport } from '../../src/commands/report.ts';
import type { Settings } from '../../src/config/settings.ts';
import { openAccess } from '../../src/domain/access.ts';
import { monthPeriod } from '../../src/domain/calendar.ts';
import { renderJson } from '../../src/report/json.ts';
import { renderText } from '../../src/report/text.ts';
import { wordsOf } from '../../src/report/words/of.ts';
import { messageStore } from '../../src/store/messages.ts';
import { contract, minute, resultsOf, tenant as tenantOfExample } from '../assess/example.ts';
import { shipped } from '../domain/worked.ts';
import { fastDatabase, temporaryFolder, write } from '../store/example.ts';

const words = wordsOf('en');
const tenant = { ...tenantOfExample, contract: contract.name };
const month = '2026-10';
const { from } = monthPeriod(month, tenant.zone);
/** Watched from 00:10 on; IMAP fails from 00:15 on for 4 minutes; the daemon is down from 00:25 to 00:30. */
const start = from + 10 * minute;
const outage = {
  protocol: 'imap',
  kind: 'refused',
  depth: 'connect',
  from: 300_000,
  to: 540_000,
} as const;
const down = [{ from: 15 * minute, to: 20 * minute }];
const now = start + 30 * minute;

function settingsOf(database: string): Settings {
  return {
    listen: [],
    web: { enableLifecycle: false, configFile: null, access: openAccess },
    database,
    controls: [],
    browser: null,
    alertmanager: null,
    tenants: [tenant],
    contracts: new Map([[contract.name, contract]]),
  };
}

function given(context: TestContext) {
  const { path, connection } = fastDatabase(context);
  write(connection, ...resultsOf(start, 30 * minute, [outage], { down }));
  openAssessor(connection).close(tenant, contract, now);
  return { settings: settingsOf(path), connection };
}

test('a month is read from the ledger, beside the daemon that writes it', (t) => {
  const report = monthReport(given(t).settings, tenant, month, now);
  assert.equal(report.month, month);
  assert.deepEqual(report.period, monthPeriod(month, tenant.zone));
  assert.deepEqual([...report.observed.keys()], ['smtp', 'imap', 'pop']);
  assert.equal(report.generatedAt, now);
  assert.ok(report.closedUntil > start && report.closedUntil < now);
  assert.equal(report.verdicts.figures.proven, 3);
  assert.equal(report.verdicts.figures.minutes.unavailable, 3);
});

test('the outage is a run with its minutes counted', (t) => {
  const { runs, verdicts } = monthReport(given(t).settings, tenant, month, now);
  assert.equal(runs.length, 1);
  assert.equal(runs[0]?.protocol, 'imap');
  assert.equal(runs[0]?.open, false);
  assert.equal(runs[0]?.counted, verdicts.figures.proven);
});

test('unknown stretches are joined, and are the unknown minutes of the figures', (t) => {
  const { unknown, verdicts } = monthReport(given(t).settings, tenant, month, now);
  const minutes = unknown.map((one) => [(one.from - from) / minute, (one.to - from) / minute]);
  // Before anyone watched, with the first minute; and while the daemon was down.
  assert.equal(minutes.length, 2);
  assert.deepEqual(minutes[0], [0, 11]);
  const [began = 0, ended = 0] = minutes[1] ?? [];
  assert.ok(began >= 23 && began <= 25 && ended >= 30 && ended <= 31, String(minutes[1]));
  const sum = minutes.reduce((total, [first = 0, last = 0]) => total + last - first, 0);
  assert.equal(sum, verdicts.figures.minutes.unknown);
});

test('minutes that the ledger does not have yet are judged, not left out', (t) => {
  const { settings, connection } = given(t);
  const closed = monthReport(settings, tenant, month, now);
  connection.exec(
    'DELETE FROM minute; DELETE FROM minute_count; DELETE FROM failure_run; DELETE FROM ledger_progress',
  );
  const provisional = monthReport(settings, tenant, month, now);
  assert.deepEqual(provisional.verdicts.figures, closed.verdicts.figures);
  assert.deepEqual(provisional.unknown, closed.unknown);
  assert.deepEqual(provisional.runs, closed.runs);
  assert.equal(provisional.closedUntil, start);
});

test('as text and as JSON it says the same', (t) => {
  const report = monthReport(given(t).settings, tenant, month, now);
  assert.match(renderText(report, words), /\b3 of 44,?640 minutes/);
  const json = JSON.parse(renderJson(report, words)) as {
    readonly unknown: readonly unknown[];
    readonly provisional: boolean;
  };
  assert.equal(json.unknown.length, 2);
  assert.equal(json.provisional, true);
});

test('a month in which nothing was known is unknown from end to end, once it is over', (t) => {
  const report = monthReport(given(t).settings, tenant, '2026-09', now);
  assert.deepEqual(report.unknown, [monthPeriod('2026-09', tenant.zone)]);
  assert.deepEqual(report.runs, []);
  assert.equal(report.verdicts.figures.minutes.unknown, 30 * 24 * 60);
  assert.equal(report.verdicts.figures.ahead, 0);
});

test('a month that is still to come is all ahead', (t) => {
  const report = monthReport(given(t).settings, tenant, '2026-11', now);
  assert.deepEqual(report.unknown, []);
  assert.equal(report.verdicts.figures.ahead, 30 * 24 * 60);
});

test('a database that is not there, or is none, is one clear error', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'mailminute.db');
  const report = () => monthReport(settingsOf(path), tenant, month, now);
  assert.throws(
    report,
    (error) =>
      error instanceof CommandError && error.exitCode === 1 && error.message.startsWith(path),
  );
  writeFileSync(path, 'no database'.repeat(200));
  assert.throws(report, /not a SQLite database/);
  rmSync(path);
});

test('delays of routes of their own are in it when the database is closed again', (t) => {
  const { settings, connection } = given(t);
  const messages = messageStore(connection);
  const acceptedAt = now - 10 * minute;
  const seen = { lastNotSeen: acceptedAt + 10, firstSeen: acceptedAt + 20 };
  for (const [token, route, by] of [
    ['a', 'loop', 'imap'],
    ['b', 'outbound', 'sink'],
    ['c', 'inbound', 'imap'],
  ] as const) {
    messages.sent(tenant.name, token, acceptedAt - 5, acceptedAt, { route });
    messages.seen(by, { token, ...seen });
  }
  const quality = shipped('tencent-exmail-quality');
  const report = monthReport(
    { ...settings, contracts: new Map([[contract.name, quality]]) },
    tenant,
    month,
    now,
  );
  assert.match(
    renderText(report, words),
    /sending and receiving together; messages: 2;.* median: 0\.010 s to 0\.020 s/,
  );
});
