import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clauseFigures } from '../../src/domain/clause.ts';
import { delayFigures } from '../../src/domain/delay.ts';
import { nothingMeasured } from '../../src/domain/readings.ts';
import { clauseReasons, clauseStatements } from '../../src/report/clause-text.ts';
import { clauseRows } from '../../src/report/clauses.ts';
import { renderText } from '../../src/report/text.ts';
import { languages, wordsOf } from '../../src/report/words/of.ts';
import { shipped } from '../domain/worked.ts';
import { catalogue } from './agreements.ts';
import { entryOf } from './entries.ts';
import { reportOf } from './example.ts';
import { at } from './instants.ts';

for (const [name, ids] of Object.entries(catalogue)) {
  const contract = shipped(name);

  test(`every clause of ${name} stands in its report, in the order of the agreement`, () => {
    const rows = clauseRows(reportOf({}, { contract }));
    assert.deepEqual(
      rows.map(({ clause }) => clause.id),
      ids,
    );
    assert.deepEqual(
      contract.clauses.map(({ id }) => id),
      ids,
    );
  });

  test(`every clause of ${name} has a value, or the words why there is none, in both languages`, () => {
    // Whether everything is known of the month, or nothing.
    const full = reportOf({}, { contract });
    const empty = reportOf(
      { runs: [], records: [], exclusions: [], domainChanges: null },
      { contract, measured: nothingMeasured },
    );
    for (const report of [full, empty])
      for (const language of languages)
        for (const row of clauseRows(report)) {
          const words = wordsOf(language);
          const statements = clauseStatements(row, words, report);
          const said = [...statements, ...clauseReasons(row, words)];
          assert.ok(said.length > 0, `${row.clause.id} says nothing`);
          for (const one of said) assert.doesNotMatch(one, /undefined|null|NaN|\[object/);
        }
  });

  test(`the text of ${name} shows id, reading and value of every clause`, () => {
    for (const language of languages) {
      const words = wordsOf(language);
      const whole = renderText(reportOf({}, { contract }), words);
      const text = whole.slice(whole.indexOf(`\n${words.sections.clauses}`));
      for (const { id, reading } of contract.clauses) {
        const from = text.indexOf(`\n  ${id}  `);
        assert.ok(from > 0, id);
        const [, , read, value = ''] = text.slice(from).split('\n');
        assert.equal(read?.trim(), reading[language]);
        assert.match(value, /^ {6}[=-] \S/, id);
      }
    }
  });
}

test('every figure that a clause can point at speaks for itself', () => {
  const [first] = shipped('tencent-exmail-2020').clauses;
  assert.ok(first);
  const contract = {
    ...shipped('tencent-exmail-2020'),
    clauses: clauseFigures.map((figure) => ({ ...first, id: figure, figure, record: null })),
  };
  const rows = clauseRows(reportOf({}, { contract }));
  assert.equal(rows.length, clauseFigures.length);
  const silent = rows.filter(({ facts }) => facts.length === 0).map(({ clause }) => clause.id);
  // Without a source in this version, or not part of this contract.
  assert.deepEqual(silent, [
    ...['users', 'connectivity', 'fault-free-days', 'page-open', 'deliveries'],
    ...['bounces', 'delivered', 'valid-requests', 'billing', 'recipients'],
  ]);
});

test('what was not measured says so plainly and has no number', () => {
  const contract = shipped('tencent-ses');
  const report = reportOf({ records: [] }, { contract });
  const row = clauseRows(report).find(({ clause }) => clause.id === 'T2.4');
  assert.ok(row);
  assert.deepEqual(clauseStatements(row, wordsOf('en'), report), []);
  assert.deepEqual(clauseReasons(row, wordsOf('en')), ['the tenant has no push service (`push:`)']);
  assert.deepEqual(clauseReasons(row, wordsOf('zh')), ['该租户未配置邮件推送服务']);
});

test('a ticket on record gives T5.2 and T5.3 their values, and the probes theirs', () => {
  const ticket = (
    id: number,
    category: 'functional' | 'send-receive',
    sent: string,
    solved: string,
  ) => ({
    ...entryOf(id),
    clause: null,
    detail: {
      kind: 'ticket',
      number: `A-${id}`,
      subject: 'mail',
      category,
      channel: 'ticket',
    } as const,
    events: [
      { ...entryOf(id + 1), kind: 'sent' as const, at: at(sent) },
      { ...entryOf(id + 2), kind: 'resolved' as const, at: at(solved) },
    ],
  });
  const records = [
    // Five hours to the second.
    ticket(20, 'functional', '06T09:00:00', '06T14:00:00'),
    // Sent in the outage that lasted at least until 14:36:01: more than two hours.
    ticket(30, 'send-receive', '03T12:31:00', '03T13:00:00'),
  ];
  const report = reportOf({ records }, { contract: shipped('aliyun-reseller') });
  const rows = clauseRows(report);
  const verdictOf = (id: string) =>
    rows.find(({ clause }) => clause.id === id)?.tickets.map(({ verdict }) => verdict);
  assert.deepEqual(verdictOf('T5.2'), ['met']);
  assert.deepEqual(verdictOf('T5.3'), ['breached']);
  const text = renderText(report, wordsOf('en'));
  assert.match(text, /T5\.2: 1 ticket sent; response after 5 h 00 min 00\.000 s/);
  assert.match(
    text,
    /ticket A-30: .*the probes saw it fail until 2026-10-03 14:36:01\.007 .*; broken/,
  );
});

test('sending and receiving by routes of their own are shown apart, and pooled beside', () => {
  const contract = shipped('alimail-intl-2024');
  const of = (...delays: number[]) => {
    const seen = delays.map((delay) => ({ lastNotSeen: delay - 1, firstSeen: delay }));
    return (
      delayFigures(
        seen.map((one) => ({ acceptedAt: 0, seen: one })),
        10_000,
      ) ?? assert.fail()
    );
  };
  const measured = {
    ...nothingMeasured,
    send: [of(1_000)],
    receive: [of(3_000)],
    pooled: [of(1_000, 3_000)],
    routes: ['outbound', 'inbound'] as const,
    sources: { send: 'outbound', receive: 'inbound' } as const,
  };
  const text = renderText(reportOf({}, { contract, measured }), wordsOf('en'));
  assert.match(
    text,
    /to another system \(sending\).*another system to the mailbox \(receiving\).*sending and receiving together/,
  );
  assert.doesNotMatch(text, /Delays are measured on mail from the mailbox to itself/);
});

test('delays by Received stamps say so, with their resolution and the clock’s skew', () => {
  const contract = shipped('tencent-exmail-quality');
  const figures = (...delays: [number, number][]) => {
    const messages = delays.map(([least, most]) => ({
      acceptedAt: 0,
      seen: { lastNotSeen: least, firstSeen: most },
    }));
    return [delayFigures(messages, 10_000) ?? assert.fail()];
  };
  const measured = {
    ...nothingMeasured,
    send: figures([200, 1_900]),
    receive: figures([0, 1_500]),
    pooled: figures([0, 2_000]),
    sources: { send: 'stamps', receive: 'stamps' } as const,
    skew: { least: -340, most: 1_210 },
  };
  const report = reportOf({}, { contract, measured });
  const english = renderText(report, wordsOf('en'));
  assert.match(english, /the mailbox to itself, by its Received stamps/);
  assert.match(english, /whole seconds, by clocks that are not ours/);
  assert.match(english, /ahead of ours by -0\.4 … 1\.3 s/);
  assert.match(renderText(report, wordsOf('zh')), /比本机快 -0\.4 … 1\.3 s/);
});
