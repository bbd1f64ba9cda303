import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { createNotifier } from '../../src/alerts/notifier.ts';
import { alertOf, type PostedAlert } from '../../src/alerts/outage-alert.ts';

const start = Date.UTC(2026, 9, 3, 12);

/** A notifier with a clock that is set by hand, and an Alertmanager that takes or refuses. */
function watched() {
  let now = start;
  let taking = true;
  const posts: (readonly PostedAlert[])[] = [];
  const notifier = createNotifier({
    clock: { wall: () => now, monotonic: () => now },
    post: async (alerts) => {
      posts.push(alerts);
      return taking;
    },
    labels: { cluster: 'one' },
  });
  return {
    notifier,
    posts,
    refuse: (refusing: boolean) => {
      taking = !refusing;
    },
    /** Lets time pass, with a tick a second. */
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second += 1) {
        now += 1_000;
        notifier.tick();
        await notifier.settled();
      }
    },
  };
}

test('an outage is told at once, with its proven start and an end that keeps it alive', async () => {
  const { notifier, posts } = watched();
  notifier.judged('acme', start - 60_000);
  await notifier.settled();
  assert.equal(posts.length, 1);
  const [alert] = posts[0] ?? [];
  assert.equal(alert?.startsAt, '2026-10-03T11:59:00.000Z');
  assert.equal(alert?.endsAt, '2026-10-03T12:04:00.000Z');
  assert.deepEqual(alert?.labels, {
    cluster: 'one',
    alertname: 'MailminuteUnavailable',
    tenant: 'acme',
    severity: 'warning',
  });
});

test('while it is open it is told again once a minute, whatever is judged meanwhile', async () => {
  const { notifier, posts, pass } = watched();
  for (let minute = 0; minute < 10; minute += 1) {
    notifier.judged('acme', start - 60_000);
    await pass(60);
  }
  assert.ok(posts.length >= 10 && posts.length <= 11, String(posts.length));
  const ends = posts.map(([alert]) => Date.parse(alert?.endsAt ?? ''));
  // Each time it is told anew long before Alertmanager would take it for over.
  for (const [position, end] of ends.entries())
    assert.equal(end, start + (position === 0 ? 0 : position * 60_000 + 1_000) + 4 * 60_000);
});

test('its end is told once, and then no more', async () => {
  const { notifier, posts, pass } = watched();
  notifier.judged('acme', start - 60_000);
  await pass(30);
  notifier.judged('acme', null);
  await pass(300);
  assert.equal(posts.length, 2);
  assert.equal(posts[1]?.[0]?.endsAt, '2026-10-03T12:00:30.000Z');
});

test('what nobody took is told again after 5 s, and an end for 8 minutes at most', async () => {
  const { notifier, posts, pass, refuse } = watched();
  refuse(true);
  notifier.judged('acme', start - 60_000);
  await pass(21);
  assert.equal(posts.length, 5);
  notifier.judged('acme', null);
  await pass(600);
  const told = posts.length;
  await pass(600);
  assert.equal(posts.length, told);
  assert.ok(told < 110, String(told));
});

test('two tenants are told in one request when both are due', async () => {
  const { notifier, posts, pass } = watched();
  notifier.judged('acme', start);
  notifier.judged('other', start);
  await pass(61);
  assert.deepEqual(
    posts.at(-1)?.map(({ labels }) => labels.tenant),
    ['acme', 'other'],
  );
});

test('an end during the request is told after it, never before', async () => {
  const held: (() => void)[] = [];
  const posts: (readonly PostedAlert[])[] = [];
  const notifier = createNotifier({
    clock: { wall: () => start, monotonic: () => start },
    post: (alerts) => {
      posts.push(alerts);
      return new Promise((resolve) => held.push(() => resolve(true)));
    },
    labels: {},
  });
  notifier.judged('acme', start - 60_000);
  notifier.judged('acme', null);
  assert.equal(posts.length, 1);
  held.shift()?.();
  await notifier.settled();
  assert.equal(posts.length, 2);
  assert.equal(posts[1]?.[0]?.endsAt, new Date(start).toISOString());
  held.shift()?.();
  await notifier.settled();
});

test('a tenant that is watched no more has its outage ended', async () => {
  const { notifier, posts } = watched();
  notifier.judged('acme', start);
  await notifier.settled();
  notifier.keep(new Set(['other']));
  await notifier.settled();
  assert.equal(posts.at(-1)?.[0]?.endsAt, new Date(start).toISOString());
});

test('labels and annotations are those of the rule, so that Alertmanager takes both for one', () => {
  const file = join(import.meta.dirname, '../../config/prometheus/mailminute.rules.yml');
  const { groups } = parse(readFileSync(file, 'utf8')) as {
    groups: { rules: Record<'alert' | 'labels' | 'annotations', unknown>[] }[];
  };
  const rule = groups
    .flatMap(({ rules }) => rules)
    .find(({ alert }) => alert === 'MailminuteUnavailable');
  const { labels, annotations } = alertOf({ tenant: 'acme', since: start }, {}, start);
  assert.deepEqual(labels, { alertname: rule?.alert, tenant: 'acme', ...(rule?.labels as object) });
  const said = rule?.annotations as Record<string, string>;
  const filled = Object.fromEntries(
    Object.entries(said).map(([name, text]) => [
      name,
      // What the rule asks Prometheus for, the daemon does not wait for.
      text
        .replaceAll('{{ $labels.tenant }}', 'acme')
        .replace(/Failing now:.*?\{\{ end \}\}\. /, ''),
    ]),
  );
  assert.deepEqual(annotations, filled);
});
