import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PushCounts, pushOutcomes } from '../../src/domain/push.ts';
import { landingPage } from '../../src/web/landing.ts';
import type { LandingState, TenantState } from '../../src/web/state.ts';
import { stylesheet } from '../../src/web/style.ts';
import { healthyTenant, landingState, now, tenantState } from './example.ts';

const pageOf = async (state: LandingState, refresh = true, panel = ''): Promise<string> =>
  String(await landingPage(state, { refresh, panel, documents: ['web'] }));

/** The page's text as a person reads it. */
const read = (page: string): string => page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('a failing tenant shows its figure with bounds and coverage, and the open failure', async () => {
  const text = read(await pageOf(landingState(tenantState())));
  assert.match(text, /acme unavailable Hosted mail 2020 imap/);
  assert.match(text, /Availability 2026-10 99\.9753 % at least 99\.9619 %/);
  assert.match(text, /11 proven, 17 possible of 44640 minutes coverage 99\.9819 %/);
  assert.match(text, /promise 99\.9 %: indeterminate/);
  assert.match(
    text,
    /imap fails since 2026-10-16 08:54:35 \+08:00 \(6 min\): counted minutes so far: 5 \. 37 failed attempts, confirmed, attributed to the provider\./,
  );
});

test('each state stands with its minutes, and what is ahead', async () => {
  const text = read(await pageOf(landingState(tenantState())));
  assert.match(
    text,
    /available 22091 degraded 3 suspect 2 unknown 4 unavailable 11 excluded 30 still ahead 22499/,
  );
});

test('each protocol shows its last result per depth with its age, and its delay', async () => {
  const text = read(await pageOf(landingState(tenantState())));
  assert.match(text, /smtp ok 3 s ago – ok 24 s ago – imap/);
  assert.match(
    text,
    /imap ok 4 s ago temporary-error in auth \[UNAVAILABLE\] 9 s ago ok 6 min ago 0\.412 s/,
  );
});

test('the books of a push service add up in a line, and a budget that is used up is said', async () => {
  const none = Object.fromEntries(pushOutcomes.map((one) => [one, 0])) as PushCounts;
  const counts = { ...none, delivered: 90, hard: 2, full: 1, throttled: 3, pending: 1, lost: 4 };
  const pushing = (left: number) =>
    tenantState({
      messages: { counts: [], oldestPending: [], push: { counts, budget: 100, left } },
    });
  const text = read(await pageOf(landingState(pushing(7))));
  assert.match(
    text,
    /Push this month: 101 sent = 90 delivered \+ 2 hard \+ 4 soft bounces \+ 1 pending \+ 4 of unknown fate; 92 valid requests/,
  );
  assert.match(text, /Push today: 7 of 100 messages left/);
  const spent = read(await pageOf(landingState(pushing(0))));
  assert.match(spent, /send budget of 100 messages is used up: no more is sent until the next day/);
});

test('the strip has a cell and a title for every minute, and one sentence for all', async () => {
  const page = await pageOf(landingState(tenantState()));
  assert.equal(page.match(/class="cell /g)?.length, 60);
  assert.match(page, /<span class="cell unavailable" title="08:55 unavailable">/);
  assert.match(page, /<span class="cell open" title="09:01 not judged yet">/);
  assert.match(
    page,
    /aria-label="Last 60 minutes: 47 available, 1 degraded, 2 suspect, 2 unknown, 5 unavailable, 2 excluded, 1 not judged yet\."/,
  );
});

test('a tenant is working, failing, unavailable or without evidence', async () => {
  const open = tenantState({ unavailable: false });
  const silent = tenantState({
    unavailable: false,
    figures: null,
    minutes: [],
    protocols: [{ protocol: 'imap', last: [], delay: null, run: null }],
  });
  const pill = async (...tenants: readonly TenantState[]): Promise<string | undefined> =>
    /<span class="pill [a-z]+">([^<]*)</.exec(await pageOf(landingState(...tenants)))?.[1];
  assert.equal(await pill(healthyTenant()), 'working');
  assert.equal(await pill(open), 'failing');
  assert.equal(await pill(tenantState()), 'unavailable');
  assert.equal(await pill(silent), 'no evidence');
  assert.match(await pageOf(landingState(silent)), /No minute is judged yet/);
});

test('hostile text is shown, never run', async () => {
  const hostile = `"><script>alert('x')</script>&\u202e`;
  const [, failing] = tenantState().protocols;
  assert.ok(failing);
  const failure = { phase: 'auth', reason: 'rejected', code: hostile } as const;
  const page = await pageOf({
    ...landingState(
      tenantState({
        name: hostile,
        contract: { title: hostile, target: { numerator: 1, denominator: 1 } },
        month: hostile,
        protocols: [{ ...failing, last: [{ depth: 'login', endedAt: now, failure }] }],
      }),
    ),
    version: hostile,
    notices: [hostile],
  });
  assert.doesNotMatch(page, /<script/);
  assert.equal(page.match(/&lt;script&gt;/g)?.length, 8);
  assert.match(page, /<code>&quot;&gt;&lt;script&gt;[^<]*&amp;\uFFFD<\/code>/);
});

test('the page uses nothing that its policy forbids: no script, no inline style, nothing foreign', async () => {
  const page = await pageOf(landingState(tenantState(), healthyTenant()));
  assert.doesNotMatch(page, /<script|<style|style="|\son[a-z]+="|https?:/);
  assert.doesNotMatch(stylesheet, /url\(|@import/);
});

test('every state has its colour in the stylesheet', () => {
  for (const state of ['available', 'degraded', 'suspect', 'unavailable', 'unknown', 'excluded']) {
    assert.ok(stylesheet.includes(`.${state} { background`), state);
  }
});

test('the page reloads every five seconds unless the reader stops it', async () => {
  const moving = await pageOf(landingState());
  assert.match(moving, /<meta http-equiv="refresh" content="5">/);
  assert.match(moving, /<a href="\/\?refresh=off">stop refreshing<\/a>/);
  const still = await pageOf(landingState(), false);
  assert.doesNotMatch(still, /http-equiv/);
  assert.match(still, /<a href="\/">refresh every 5 s<\/a>/);
});

test('the panel is put in as it is; without tenants the page says so', async () => {
  const page = await pageOf(landingState(), true, '<form method="post"></form>');
  assert.match(page, /<section class="panel" aria-label="Demo"><form method="post"><\/form>/);
  assert.match(page, /No tenant is configured/);
  assert.doesNotMatch(await pageOf(landingState()), /class="panel"/);
});

test('a clock that stepped back gives no negative age', async () => {
  const page = await pageOf({ ...landingState(tenantState()), now: now - 60_000 });
  assert.match(read(page), /smtp ok 0 s ago/);
});

test('further promises stand with their verdict and what was found, as in the report', async () => {
  const promise = {
    clause: 'T4.14',
    measure: 'fault-free-days',
    comparison: 'at-least',
    limit: { numerator: 360, denominator: 1 },
    denominator: { kind: 'calendar' },
    excused: 0,
  } as const;
  const found = {
    least: { numerator: 280, denominator: 1 },
    most: { numerator: 359, denominator: 1 },
  };
  const breached = { promise, verdict: 'breached', ...found, passed: null, without: null } as const;
  const text = read(await pageOf(landingState(tenantState({ promises: [breached] }))));
  assert.match(text, /Further promises of the contract \(1\)/);
  assert.match(
    text,
    /T4\.14 days of the year without a fault at least 360 days breached 280 to 359 days/,
  );
  assert.doesNotMatch(read(await pageOf(landingState(tenantState()))), /Further promises/);
});
