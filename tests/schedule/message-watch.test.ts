import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Missing,
  nextLookAt,
  startMessageWatch,
  type WatchedReader,
} from '../../src/schedule/message-watch.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const epoch = 1_800_000_000_000;
const imap: WatchedReader = { tenant: 'acme', protocol: 'imap' };
const pop: WatchedReader = { tenant: 'acme', protocol: 'pop' };

/** Simulated time: what one reader does about one message that is never seen, for a day. */
class Day {
  readonly begun: { readonly at: number; readonly stay: number; readonly hygiene: boolean }[] = [];
  mostAtOnce = 0;
  mayLogIn = true;
  takes = 100;
  conclusive = true;
  readonly missing: { acceptedAt: number[]; lastLook: number | null };
  readonly watch: ReturnType<typeof startMessageWatch>;
  #now = 0;
  #underWay = 0;
  #timers: { at: number; call: () => void }[] = [];

  constructor(reader: WatchedReader, missing: Missing = { acceptedAt: [epoch], lastLook: null }) {
    this.missing = { acceptedAt: [...missing.acceptedAt], lastLook: missing.lastLook };
    this.watch = startMessageWatch([reader], {
      clock: { wall: () => epoch + this.#now, monotonic: () => this.#now * 1000 },
      timer: (delay, call) => this.#timer(delay, call),
      missing: () => ({
        ...this.missing,
        acceptedAt: this.missing.acceptedAt.filter((at) => epoch + this.#now - at < 24 * hour),
      }),
      may: () => this.mayLogIn,
      look: (_, session) => this.#look(session),
    });
  }

  async run(until: number): Promise<this> {
    for (let steps = 0; steps < 100_000; steps++) {
      for (let turns = 0; turns < 5; turns++) await Promise.resolve();
      const next = this.#timers.toSorted((one, other) => one.at - other.at)[0];
      if (next === undefined || next.at > until) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = until;
    return this;
  }

  #timer(delay: number, call: () => void): () => void {
    const timer = { at: this.#now + delay, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  #look(session: { stay: number; hygiene: boolean }): Promise<void> {
    this.begun.push({ at: this.#now, ...session });
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    return new Promise((resolve) => {
      this.#timer(session.stay + this.takes, () => {
        this.#underWay -= 1;
        if (this.conclusive) this.missing.lastLook = epoch + this.#now;
        resolve();
      });
    });
  }
}

test('a missing message is looked for on the schedule of the method until it is lost', async () => {
  const day = await new Day(pop).run(25 * hour);
  const gaps = (from: number, to: number) => {
    const within = day.begun.filter(({ at }) => at >= from && at < to).map(({ at }) => at);
    return new Set(within.slice(1).map((at, index) => at - (within[index] ?? 0) - day.takes));
  };
  assert.equal(day.begun[0]?.at, 11 * second);
  assert.deepEqual(gaps(0, 2 * minute), new Set([5 * second]));
  assert.deepEqual(gaps(3 * minute, 10 * minute), new Set([15 * second]));
  assert.deepEqual(gaps(12 * minute, 75 * minute), new Set([minute]));
  assert.deepEqual(gaps(90 * minute, 24 * hour), new Set([10 * minute]));
  assert.ok((day.begun.at(-1)?.at ?? 0) < 24 * hour);
  assert.equal(day.mostAtOnce, 1);
});

test('IMAP waits for news within its sessions while a message is young, without a gap', async () => {
  const day = await new Day(imap).run(3 * minute);
  const young = day.begun.filter(({ at }) => at < 110 * second);
  assert.ok(young.length <= 7, `${young.length} logins in two minutes`);
  for (const [index, { at, stay }] of young.entries()) {
    assert.equal(stay, 18 * second);
    const before = young[index - 1];
    if (before !== undefined) assert.ok(at - before.at - before.stay <= 200, `${at}`);
  }
  const old = day.begun.filter(({ at }) => at > 130 * second);
  assert.ok(old.length >= 2 && old.every(({ stay }) => stay === 0));
});

test('a session that comes to no look is not repeated at once', async () => {
  const day = new Day(imap, { acceptedAt: [epoch - 30 * second], lastLook: null });
  day.conclusive = false;
  day.takes = 0;
  await day.run(minute);
  assert.ok(day.begun.length <= 12, `${day.begun.length} in a minute`);
});

test('nothing missing, nothing asked but the quota and leftovers, every 15 minutes', async () => {
  const nothing = { acceptedAt: [], lastLook: null };
  const day = await new Day(imap, nothing).run(hour);
  assert.deepEqual(
    day.begun.map(({ at, stay, hygiene }) => [at / second, stay, hygiene]),
    [20, 920, 1820, 2720].map((at) => [at, 0, true]),
  );
  assert.deepEqual((await new Day(pop, nothing).run(hour)).begun, []);
});

test('a new message is watched from its own time on; what was seen is watched no more', async () => {
  const day = new Day(pop, { acceptedAt: [], lastLook: null });
  await day.run(minute);
  day.missing.acceptedAt.push(epoch + minute);
  day.watch.wake('somebody else');
  day.watch.wake('acme');
  await day.run(minute + 20 * second);
  assert.equal(day.begun[0]?.at, 71 * second);
  day.missing.acceptedAt.length = 0;
  day.watch.wake('acme');
  const { length } = day.begun;
  await day.run(hour);
  assert.equal(day.begun.length, length);
});

test('while the server asks for patience nobody logs in, and after it the watch goes on', async () => {
  const day = new Day(pop);
  day.mayLogIn = false;
  await day.run(minute);
  assert.deepEqual(day.begun, []);
  day.mayLogIn = true;
  await day.run(minute + 5 * second);
  assert.equal(day.begun.length, 1);
});

test('after a restart the last look on disk tells when the next one is due', () => {
  const now = epoch + 20 * minute;
  const missing = { acceptedAt: [epoch], lastLook: epoch + 20 * minute - 10 * second };
  assert.equal(nextLookAt(imap, missing, now), now + 50 * second);
  assert.equal(nextLookAt(imap, { ...missing, lastLook: null }, now), epoch + 11 * second);
  assert.equal(nextLookAt(imap, { acceptedAt: [], lastLook: null }, now), null);
});

test('after the stop nothing begins', async () => {
  const day = new Day(pop);
  day.watch.stop();
  await day.run(hour);
  assert.deepEqual(day.begun, []);
});
