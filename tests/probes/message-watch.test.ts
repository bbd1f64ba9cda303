import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createTransport } from 'nodemailer';
import { messageIdOf, newToken, probeMessage, subjectOf } from '../../probes/message.ts';
import { eventually, withoutTenant } from '../daemon/daemon.ts';
import { imapClient } from '../tenant/imap-client.ts';
import { roundsOn, tenantOn } from '../tenant/rounds.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';

const skip = withoutTenant();
const anchor = '<anchor@mailminute.tenant.example>';

describe('the message watch on the real tenant', { skip, timeout: 180_000 }, () => {
  let real: RealTenant;
  let rounds: ReturnType<typeof roundsOn>;

  before(async () => {
    real = await startTenant({ users: [], quota: 'storage=40K' });
    rounds = roundsOn(tenantOn(real));
    await rounds.round();
  });
  after(async () => {
    rounds?.close();
    await real?.close();
  });

  /** Sends a message of ours to somebody else, whose server cannot deliver it. */
  async function sendTo(recipient: string): Promise<string> {
    const token = newToken();
    const { address, password } = real.probe;
    const { host, port } = real.endpoints.smtps;
    const transport = createTransport({
      host,
      port,
      secure: true,
      auth: { user: address, pass: password },
      tls: { ca: real.ca.text },
    });
    const sentAt = Date.now();
    const raw = probeMessage({ token, address, at: sentAt });
    await transport.sendMail({ envelope: { from: address, to: [recipient] }, raw });
    transport.close();
    rounds.messages.sent('tenant', token, sentAt, Date.now(), { recipient });
    return token;
  }

  /** Puts messages into a folder as if they had come so many days ago. */
  async function place(folder: string, days: number, messages: readonly string[]): Promise<void> {
    const client = await imapClient(real);
    const at = new Date(Date.now() - days * 86_400_000);
    for (const message of messages) await client.append(folder, message, [], at);
    await client.logout();
  }

  test('a message that a Sieve rule puts into Junk is seen there, and has the fate junk', async () => {
    real.setSieve(real.probe, 'require ["fileinto"];\nfileinto "Junk";\n');
    const results = await rounds.round();
    assert.ok(results.every(({ failure }) => failure === null));
    assert.deepEqual(rounds.fates(), { 'on-time': 1, pending: 1 });
    const before = await real.list('Junk');
    assert.equal(before.length, 1);
    const [watched] = await rounds.watch();
    assert.equal(watched?.failure, null);
    assert.deepEqual(
      watched.sightings.map(({ folder }) => folder),
      ['junk'],
    );
    assert.deepEqual(rounds.fates(), { 'on-time': 1, junk: 1 });
    // Nobody misses it any more, and it is gone from there.
    for (const protocol of ['pop', 'webmail'] as const) {
      const [result] = await rounds.watch(protocol);
      assert.equal(result?.failure, null);
    }
    assert.deepEqual(await real.list('Junk'), []);
    real.setSieve(real.probe, 'keep;\n');
  });

  test('old leftovers of ours are swept, whoever has forgotten them; mail of others is left alone', async () => {
    const foreign = await real.deliver(5, { mailbox: 'Junk' });
    const { address } = real.probe;
    const before = await real.list();
    const [old, fresh] = [newToken(), newToken()];
    const ofOurs = (token: string) => probeMessage({ token, address, at: Date.now() });
    // Somebody's own mail about our messages has their subject, and is theirs all the same.
    const theirs = `From: boss@elsewhere.example\r\nTo: ${address}\r\nMessage-ID: <theirs@elsewhere.example>\r\nSubject: Re: ${subjectOf(old)}\r\n\r\nWhat is this?\r\n`;
    await place('INBOX', 3, [ofOurs(old), theirs]);
    await place('INBOX', 0, [ofOurs(fresh)]);
    await place('Junk', 3, [ofOurs(newToken())]);
    await rounds.watch('imap', { hygiene: true });
    assert.deepEqual(await real.list('Junk'), foreign);
    const left = (await real.list()).filter((id) => !before.includes(id));
    assert.deepEqual(
      left.sort(),
      ['<theirs@elsewhere.example>', messageIdOf(fresh, address)].sort(),
    );
    rounds.messages.sent('tenant', fresh, Date.now(), Date.now());
  });

  for (const { who, bounced, recipient } of [
    { who: 'an unknown user', bounced: 'hard', recipient: () => real.addGhost('ghost') },
    { who: 'a full mailbox', bounced: 'full', recipient: fullMailbox },
  ] as const) {
    test(`a bounce from ${who} ends as bounced, ${bounced}; the token that it quotes is no arrival`, async () => {
      const token = await sendTo(await recipient());
      await eventually('the report', async () => ((await real.list()).length >= 2 ? true : null));
      const earlier = rounds.bounces().length;
      const results = await rounds.watch();
      const quoted = results.flatMap(({ sightings }) => sightings.map((one) => one.token));
      assert.ok(!quoted.includes(token), 'seen');
      assert.deepEqual(
        results.flatMap(({ reports = [] }) => reports.map((one) => [one.token, one.class])),
        [[token, bounced]],
      );
      assert.equal(rounds.fates().bounced, earlier + 1);
      assert.ok(rounds.bounces().some((one) => one.class === bounced));
      const sighted = rounds.connection
        .prepare('SELECT count(*) FROM sighting WHERE token = ?')
        .pluck();
      assert.equal(sighted.get(token), 0);
    });
  }

  async function fullMailbox(): Promise<string> {
    const { address } = await real.addUser('full', undefined, 'storage=1B');
    return address;
  }

  test('how full the mailbox is, is told before it is full', async () => {
    const [before] = await rounds.watch();
    const used = before?.quota?.[0]?.used ?? -1;
    assert.deepEqual(before?.quota, [{ resource: 'storage', used, limit: 40 }]);
    assert.ok(used >= 0 && used < 40);
  });

  test('a message that a full mailbox keeps out is a failure of the customer’s', async () => {
    await real.deliver(200);
    // Dovecot sees them at the next look.
    await rounds.watch();
    const early = await rounds.round();
    assert.ok(early.every(({ failure }) => failure === null));
    const [{ token } = { token: '' }] = rounds.messages.awaitedBy('tenant', 'imap', 0, 1);
    assert.notEqual(token, '');
    const late = { ...tenantOn(real), deliveryAllowance: 10 };
    const failures: string[] = [];
    for (const protocol of ['imap', 'pop', 'webmail'] as const) {
      let [result] = await rounds.watch(protocol, {}, late);
      // POP reads 24 headers a session: it takes some to know all that is new.
      for (let more = 0; more < 12 && result?.failure === null; more += 1)
        [result] = await rounds.watch(protocol, {}, late);
      failures.push(`${result?.failure?.phase} ${result?.failure?.reason}`);
    }
    assert.deepEqual(failures, Array(3).fill('visible mailbox-full'));
  });

  test('in the inbox the anchor and the mail of others are left', async () => {
    const ours = (await real.list()).filter((id) => !id.endsWith('@elsewhere.example>'));
    assert.deepEqual(
      ours.filter((id) => id.endsWith('@tenant.example>')),
      [],
    );
    assert.ok(ours.includes(anchor));
  });
});
