import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protocols } from '../../src/domain/protocol.ts';
import { imapBlurb, popBlurb, smtpBlurb, webBlurb } from '../support/floods.ts';
import { roundTrip } from '../support/good-servers.ts';
import * as act from '../support/hostile.ts';
import { held } from '../support/memory.ts';
import { together } from '../support/spoiler.ts';

const allowed = 6 * 1024 * 1024;

for (const protocol of protocols) {
  test(`200 endless lines over ${protocol} leave nothing in memory`, {
    timeout: 120_000,
  }, async () => {
    const server = await act.hostile({ greeting: act.endlessLine, answer: () => act.mute });
    const attempts = (count: number): Promise<void> =>
      together(4, Array.from({ length: count }), async () => {
        const result = await roundTrip(protocol, server.port, { secure: false, deadline: 20_000 });
        assert.equal(result.failure?.reason, 'protocol-error');
      });
    try {
      await attempts(40);
      const before = await held();
      await attempts(200);
      const grown = (await held()) - before;
      assert.ok(grown < allowed, `${grown} bytes more than before`);
    } finally {
      await server.close();
    }
  });
}

/** Answers that are right in form and never end; each is cut off by a bound of our own. */
const blurbs = { smtp: smtpBlurb, imap: imapBlurb, pop: popBlurb, webmail: webBlurb };

for (const protocol of protocols) {
  for (const [name, dialogue] of Object.entries(blurbs[protocol])) {
    test(`${protocol}: ${name} is a protocol-error, and soon`, { timeout: 60_000 }, async () => {
      const server = await act.hostile(dialogue);
      try {
        const result = await roundTrip(protocol, server.port, { secure: false, deadline: 30_000 });
        assert.equal(result.failure?.reason, 'protocol-error', JSON.stringify(result.failure));
        assert.equal(result.failure.kind, 'refusal');
      } finally {
        await server.close();
      }
    });
  }
}
