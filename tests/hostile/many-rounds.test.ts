import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { withoutTenant } from '../daemon/daemon.ts';
import { roundsOn, tenantOn } from '../tenant/rounds.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';

const skip = withoutTenant();
/** `MAILMINUTE_ROUNDS=2000` takes about half an hour. */
const count = Number(process.env.MAILMINUTE_ROUNDS ?? 60);
/** By then everything that is kept for good is there. */
const warm = Math.min(200, Math.floor(count / 2));

interface Usage {
  readonly descriptors: number;
  readonly sockets: number;
  /** Bytes. */
  readonly memory: number;
}

function usage(): Usage {
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return '';
    }
  });
  const { heapUsed, external } = process.memoryUsage();
  return {
    descriptors: links.filter((link) => link !== '').length,
    sockets: links.filter((link) => link.startsWith('socket:')).length,
    memory: heapUsed + external,
  };
}

describe(`${count} rounds at speed`, { skip, timeout: 7_200_000 }, () => {
  let real: RealTenant;
  let rounds: ReturnType<typeof roundsOn>;
  const failures: string[] = [];
  const used: Usage[] = [];

  before(async () => {
    real = await startTenant({ users: [] });
    rounds = roundsOn(tenantOn(real));
    for (let done = 1; done <= count; done += 1) {
      for (const { protocol, failure } of await rounds.round())
        if (failure !== null)
          failures.push(`${done}: ${protocol} ${failure.phase} ${failure.message}`);
      used.push(usage());
      if (done % 200 === 0)
        process.stderr.write(`${done} rounds, ${JSON.stringify(used.at(-1))}\n`);
    }
  });
  after(async () => {
    rounds?.close();
    await real?.close();
  });

  test('every round succeeds', () => {
    assert.deepEqual(failures, []);
  });

  test('the sums of the ledger equal the messages sent, and nothing but the last is pending', () => {
    const fates = rounds.fates();
    const sent = rounds.connection.prepare('SELECT count(*) FROM message').pluck().get();
    assert.equal(sent, count);
    assert.equal(
      Object.values(fates).reduce((sum, messages) => sum + messages, 0),
      count,
    );
    const { pending = 0, 'on-time': onTime = 0, ...others } = fates;
    assert.ok(pending <= 1);
    assert.equal(onTime, count - pending, JSON.stringify(others));
  });

  test('the mailbox holds the anchor and nothing else', async () => {
    assert.deepEqual(await real.list(), ['<anchor@mailminute.tenant.example>']);
  });

  test('sockets, file descriptors and memory stay flat', () => {
    const later = used.slice(warm);
    const half = Math.floor(later.length / 2);
    const most = (part: readonly Usage[], kind: keyof Usage) =>
      Math.max(...part.map((one) => one[kind]));
    for (const kind of ['descriptors', 'sockets'] as const)
      assert.ok(
        most(later.slice(half), kind) <= most(later.slice(0, half), kind) + 3,
        `${kind}: ${most(later.slice(0, half), kind)}, then ${most(later.slice(half), kind)}`,
      );
    // The least of a stretch is what is left after a collection.
    const least = (part: readonly Usage[]) => Math.min(...part.map(({ memory }) => memory));
    const [first, second] = [least(later.slice(0, half)), least(later.slice(half))];
    assert.ok(second <= first + 8 * 1024 * 1024, `${first} bytes, then ${second}`);
  });
});
