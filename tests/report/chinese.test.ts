import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderText } from '../../src/report/text.ts';
import { chinese } from '../../src/report/words/zh.ts';
import { shipped } from '../domain/worked.ts';
import { contractNamesShipped } from './agreements.ts';
import { entryOf, exclusions, run, short } from './entries.ts';
import { reportOf } from './example.ts';

/** Names and codes that stand in a Chinese text as they are. */
const names =
  /\b(SMTP|IMAP|POP|Webmail|webmail|MX|NS|SPF|DNS|UTC|SHA|TCP|TLS|STARTTLS|EHLO|CNY|UNAVAILABLE|Asia|Shanghai|EICAR|GTUBE|loop|load|abuse|mailminute|recompute)\b/g;

test('a Chinese report has no English words but names, codes and what was quoted', () => {
  const said = short.said.map((entry) => ({
    ...entry,
    author: '李伟',
    note: '自测',
    evidence: '日志',
  }));
  for (const name of contractNamesShipped) {
    const contract = shipped(name);
    const report = reportOf(
      {
        tenant: '甲方',
        runs: [run, { ...short, said }],
        exclusions: exclusions.map((one) => ({
          ...one,
          exclusion: { ...one.exclusion, ...entryOf(1, { author: '李伟' }), source: '邮件' },
        })),
        records: [],
        domainChanges: [],
        seal: null,
      },
      { contract },
    );
    const quoted = contract.clauses.map(({ text }) => text);
    let text = renderText(report, chinese).replaceAll(
      /mailminute evidence [\w. '甲方-]+|tencent-[a-z0-9-]+|[a-z]+-[a-z]+-[a-z]+|aliyun-reseller|[0-9a-f]{64}/g,
      '',
    );
    for (const words of [...quoted, contract.remedy?.text ?? '', contract.agreement?.title ?? ''])
      text = text.replaceAll(words, '');
    const rest = text.replaceAll(names, '').match(/[A-Za-z]{3,}/g);
    assert.deepEqual(rest, null, name);
  }
});
