import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { depthOf } from '../../src/domain/protocol.ts';
import { withoutTenant } from '../daemon/daemon.ts';
import { shippedFlow } from '../support/webmail-attempt.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { sendingRound, tenantWithFlow } from './round.ts';

const skip = withoutTenant();

describe('a real Roundcube as a user has it, by plain HTTP', { skip, timeout: 120_000 }, () => {
  let real: RealTenant;
  let round: Awaited<ReturnType<typeof sendingRound>>;
  before(async () => {
    real = await startTenant({ users: [] });
    await real.deliver(3);
    await real.deliver(2, { mailbox: 'Sent' });
    round = await sendingRound(tenantWithFlow(real, shippedFlow('roundcube')), null);
  });
  after(() => real?.close());

  test('what it sends is seen by IMAP, by POP and in the webmail itself', () => {
    const posted = round.results.find(({ protocol }) => protocol === 'webmail');
    assert.equal(posted?.failure, null, posted?.transcript);
    assert.equal(posted.vouches, 'send');
    const token = posted.token ?? assert.fail('nothing was sent');
    assert.match(token, /^w-[0-9a-f]{24}$/);
    const seenBy = round.results
      .filter((one) => one.sightings.some((seen) => seen.token === token))
      .map(({ protocol }) => protocol);
    assert.deepEqual(seenBy.sort(), ['imap', 'pop', 'webmail']);
    for (const { protocol, failure, transcript } of round.results)
      assert.equal(failure, null, `${protocol}\n${transcript}`);
  });

  test('both messages of the round are removed, the copy in Sent too, and nothing else is', async () => {
    assert.deepEqual(
      round.removed.sort(),
      round.results.flatMap(({ token }) => token ?? []).sort(),
    );
    assert.equal(round.removed.length, 2);
    const foreign = (id: string) => id.endsWith('@elsewhere.example>');
    const inbox = await real.list();
    assert.equal(inbox.filter(foreign).length, 3);
    // Besides the anchor.
    assert.ok(inbox.length <= 4, inbox.join(' '));
    const sent = await real.list('Sent');
    assert.deepEqual([sent.filter(foreign).length, sent.length], [2, 2]);
  });

  test('a failure to send is of a depth of its own, which reading does not vouch for', () => {
    assert.deepEqual(
      [depthOf('compose'), depthOf('send'), depthOf('fetch')],
      ['send', 'send', 'roundtrip'],
    );
  });
});
