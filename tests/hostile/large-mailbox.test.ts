import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { protocols } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { eventually, withoutTenant } from '../daemon/daemon.ts';
import { imapClient } from '../tenant/imap-client.ts';
import { roundsOn, tenantOn } from '../tenant/rounds.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';

const skip = withoutTenant();
const few = 20;
const many = 20_000;
/** A day has 1,728 rounds: `MAILMINUTE_ROUNDS=1728` runs them all. */
const roundsAfter = Number(process.env.MAILMINUTE_ROUNDS ?? 6);
const anchor = '<anchor@mailminute.tenant.example>';

/** UID and flags of every message in the inbox, and nothing of ours but the anchor. */
async function inboxOf(real: RealTenant): Promise<ReadonlyMap<number, string>> {
  const client = await imapClient(real);
  await client.mailboxOpen('INBOX', { readOnly: true });
  const found = new Map<number, string>();
  for await (const { uid, flags } of client.fetch('1:*', { uid: true, flags: true }))
    found.set(
      uid,
      // The server itself forgets that a message is new.
      [...(flags ?? [])].filter((flag) => flag !== '\\Recent').join(' '),
    );
  await client.logout();
  return found;
}

describe('a mailbox with 20,000 messages of others', { skip, timeout: 1_800_000 }, () => {
  let real: RealTenant;
  let rounds: ReturnType<typeof roundsOn>;
  let foreign: readonly string[];
  let untouched: ReadonlyMap<number, string>;
  const all: (readonly ProbeResult[])[] = [];
  const bytes = new Map<number, number>();

  before(async () => {
    real = await startTenant({ users: [] });
    rounds = roundsOn(tenantOn(real));
    const first = await real.deliver(few);
    await measure(few);
    foreign = [...first, ...(await real.deliver(many - few))];
    await measure(many);
    untouched = await inboxOf(real);
    for (let count = 0; count < roundsAfter; count += 1) all.push(await rounds.round());
  });
  after(async () => {
    rounds?.close();
    await real?.close();
  });

  /** The bytes of a round on the wire, once the mailbox is known as it is. */
  async function measure(size: number): Promise<void> {
    for (let count = 0; count < 3; count += 1) all.push(await rounds.round());
    const sockets: Socket[] = [];
    const collect = (message: unknown): void => {
      sockets.push((message as { socket: Socket }).socket);
    };
    subscribe('net.client.socket', collect);
    all.push(await rounds.round());
    unsubscribe('net.client.socket', collect);
    const sum = sockets.reduce((total, one) => total + one.bytesRead + one.bytesWritten, 0);
    assert.ok(sockets.length >= 4, `${sockets.length} connections`);
    bytes.set(size, sum);
  }

  test('every reader sees its message in it, within the normal deadline', () => {
    for (const results of all) {
      const token = results.find((result) => result.token !== null)?.token;
      assert.equal(results.length, protocols.length);
      for (const { protocol, failure, vouches, sightings, transcript } of results) {
        assert.equal(failure, null, JSON.stringify(failure));
        assert.equal(vouches, 'roundtrip', `${protocol}\n${transcript}`);
        if (protocol === 'smtp') continue;
        assert.deepEqual(
          sightings.map((sighting) => sighting.token),
          [token],
        );
      }
    }
  });

  test('a round costs less than twice the bytes that it costs with 20', () => {
    const [with20 = 0, with20000 = 0] = [bytes.get(few), bytes.get(many)];
    assert.ok(with20 > 0 && with20000 < 2 * with20, `${with20} bytes, then ${with20000}`);
  });

  test('POP never downloads a message, few headers, and lists 20,000 no more than twice', async () => {
    const ends = await eventually('the ends of the POP sessions in the log', () => {
      const log = real.logs()['dovecot-pop3.log'] ?? '';
      const found = [...log.matchAll(/top=(\d+)\/\d+, retr=(\d+)\/(\d+), del=(\d+)/g)];
      return found.length >= all.length ? found : null;
    });
    for (const [line, headers, retrieved, size, deleted] of ends) {
      assert.equal(`${retrieved} ${size} ${deleted}`, '0 0 0', line);
      assert.ok(Number(headers) <= 30, line);
    }
    const whole = all
      .slice(4)
      .flatMap((results) => results.filter(({ protocol }) => protocol === 'pop'))
      .filter(({ transcript }) => /^> UIDL$/m.test(transcript));
    assert.ok(whole.length <= 2, `${whole.length} whole listings`);
  });

  test('no message of others is touched: same UIDs, same flags, and of ours the anchor alone is left', async () => {
    const left = await real.list();
    assert.deepEqual(
      left.filter((id) => id !== anchor),
      foreign,
    );
    assert.equal(left.length, many + 1);
    assert.deepEqual(await inboxOf(real), untouched);
  });

  test('the transcripts hold nothing of the messages of others', () => {
    const said = all.flatMap((results) => results.map((one) => one.transcript));
    assert.doesNotMatch(said.join('\n'), /foreign message|elsewhere\.example|somebody/i);
  });
});
