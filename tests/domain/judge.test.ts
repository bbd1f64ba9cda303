import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  healthy,
  judged,
  oneMinute,
  refused,
  refusedThrough,
  s,
  silent,
  strip,
  success,
  undelivered,
} from './case.ts';

test('service that is proven all the time is available', () => {
  assert.equal(strip(judged(healthy('imap', 0, 300), 5)), '.....');
});

test('a single refusal between successes is degraded, never counted', () => {
  const attempts = [...healthy('imap', 0, 300), refused('imap', 130)];
  assert.equal(strip(judged(attempts, 5)), '..d..');
});

test('59 s of proven failure is nothing, whatever else the evidence allows', () => {
  const attempts = [success('imap', 59), silent('imap', 60, 119), success('imap', 119.5)];
  const judgement = judged(
    [...healthy('imap', 0, 59), ...attempts, ...healthy('imap', 120, 240)],
    4,
  );
  assert.doesNotMatch(strip(judgement), /U/);
});

test('60 s of proven failure is one minute, the one that it covers most', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...refusedThrough('imap', 65, 125),
    ...healthy('imap', 126, 240),
  ];
  assert.equal(strip(judged(attempts, 4)), '.Ud.');
});

test('80 s across two minutes is one; the tie goes to the earlier', () => {
  const attempts = [
    ...healthy('imap', 0, 19),
    success('imap', 19.9),
    ...refusedThrough('imap', 20, 100),
    ...healthy('imap', 100.1, 240),
  ];
  assert.equal(strip(judged(attempts, 4)), 'Ud..');
});

test('SMTP failing over [30, 150) and IMAP over [80, 200) is two minutes and not three', () => {
  const smtp = [
    success('smtp', 29.9),
    ...refusedThrough('smtp', 30, 150),
    success('smtp', 150.1),
    ...healthy('smtp', 175, 300),
  ];
  const imap = [
    ...healthy('imap', 0, 79),
    success('imap', 79.9),
    ...refusedThrough('imap', 80, 200),
    success('imap', 200.1),
    ...healthy('imap', 225, 300),
  ];
  const judgement = judged([...smtp, ...imap, success('smtp', 0)], 5);
  assert.equal([...strip(judgement)].filter((state) => state === 'U').length, 2);
});

test('30 s of SMTP and then 30 s of IMAP do not add up, but do under the variant cross', () => {
  const smtp = [
    success('smtp', 59.9),
    ...refusedThrough('smtp', 60, 90),
    ...healthy('smtp', 90.1, 240),
  ];
  const imap = [
    ...healthy('imap', 0, 89),
    success('imap', 89.9),
    ...refusedThrough('imap', 90, 120),
    ...healthy('imap', 120.1, 240),
  ];
  const attempts = [...healthy('smtp', 0, 59), ...smtp, ...imap];
  assert.doesNotMatch(strip(judged(attempts, 4)), /[Us]/);
  const cross = judged(attempts, 4, { contract: { ...oneMinute, combination: 'cross' } });
  assert.equal(strip(cross), '.U..');
});

test('under the variant all, only time in which every protocol fails counts', () => {
  const smtp = [
    ...healthy('smtp', 0, 60),
    ...refusedThrough('smtp', 60, 240),
    ...healthy('smtp', 241, 300),
  ];
  const imap = [
    ...healthy('imap', 0, 120),
    ...refusedThrough('imap', 120, 180),
    ...healthy('imap', 181, 300),
  ];
  const judgement = judged([...smtp, ...imap], 5, {
    contract: { ...oneMinute, combination: 'all' },
  });
  assert.equal([...strip(judgement)].filter((state) => state === 'U').length, 1);
});

test('what was not proven but would count is suspect', () => {
  const attempts = [
    ...healthy('imap', 0, 55),
    ...refusedThrough('imap', 75, 110),
    success('imap', 130),
    ...healthy('imap', 150, 240),
  ];
  // certain 35 s, possible [50, 130) = 80 s: one minute may have been lost.
  assert.equal(strip(judged(attempts, 4)), '.s..');
});

test('an attempt that hangs for the whole minute proves that minute by itself', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    silent('imap', 60, 120),
    ...healthy('imap', 120.5, 240),
  ];
  assert.equal(strip(judged(attempts, 4)), '.U..');
});

test('a connect that succeeds does not end a run of failed logins', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...[60, 70, 80, 90, 100, 110, 120].map((at) => refused('imap', at, 'auth', 'temporary-error')),
    ...[65, 85, 105].map((at) => success('imap', at, 'connect')),
    ...healthy('imap', 121, 240),
  ];
  const judgement = judged(attempts, 4);
  assert.equal(judgement.runs.length, 1);
  assert.equal(judgement.runs[0]?.depth, 'login');
  assert.equal(strip(judgement), '.U..');
});

test('an attempt begun before the run ended adds nothing after it, however late it times out', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    silent('imap', 60, 90),
    silent('imap', 75, 105),
    success('imap', 80),
    ...healthy('imap', 90, 240),
  ];
  const run = judged(attempts, 4).runs[0];
  assert.deepEqual(run?.certain, [{ from: s(60), to: s(80) }]);
  assert.deepEqual(run?.possible, { from: s(50), to: s(80) });
});

test('while nothing was tried nothing is proven: the certain part is split there', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...refusedThrough('imap', 60, 90),
    ...refusedThrough('imap', 200, 230),
    ...healthy('imap', 231, 300),
  ];
  const judgement = judged(attempts, 5);
  assert.deepEqual(judgement.runs[0]?.certain, [
    { from: s(60), to: s(90) },
    { from: s(200), to: s(230) },
  ]);
  assert.equal(strip(judgement), '.???.');
});

test('a minute without evidence is unknown; a shorter gap cannot hide a countable failure', () => {
  const gap = (from: number, to: number) =>
    strip(
      judged([...healthy('imap', 0, from), success('imap', from), ...healthy('imap', to, 300)], 5),
    );
  assert.equal(gap(70, 129), '.....');
  assert.equal(gap(70, 130), '.??..');
});

test('connects alone do not make a minute known when the contract asks for logins', () => {
  const connects = Array.from({ length: 15 }, (_, index) => success('imap', index * 20, 'connect'));
  assert.equal(strip(judged(connects, 5)), '?????');
  const shallow = judged(connects, 5, { protocols: new Map([['imap', 'connect']]) });
  assert.equal(strip(shallow), '.....');
});

test('a message not delivered is a failure of the reader from acceptance + 60 s until it is seen', () => {
  const attempts = [
    ...healthy('imap', 0, 50),
    ...[100, 110, 150, 190].map((at) => undelivered('imap', 20, at)),
    success('imap', 200, 'roundtrip'),
    ...healthy('imap', 201, 300),
  ];
  const run = judged(attempts, 5).runs[0];
  assert.deepEqual(run?.certain, [{ from: s(80), to: s(190) }]);
  assert.deepEqual(run?.possible, { from: s(25), to: s(200) });
  assert.equal(run?.reason, 'not-delivered');
});

test('a wrong password is never held against the provider', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...[60, 70, 80, 90, 100, 110, 120, 130].map((at) =>
      refused('imap', at, 'auth', 'auth-refused'),
    ),
    ...healthy('imap', 140, 240),
  ];
  const judgement = judged(attempts, 4);
  assert.equal(judgement.runs[0]?.attribution, 'customer');
  assert.equal(strip(judgement), '???.');
});

test('a password refused by one protocol and taken by another is the provider’s fault', () => {
  const attempts = [
    ...healthy('pop', 0, 240),
    ...healthy('imap', 0, 60),
    ...[60, 70, 80, 90, 100, 110, 120].map((at) => refused('imap', at, 'auth', 'auth-refused')),
    ...healthy('imap', 121, 240),
  ];
  assert.equal(strip(judged(attempts, 4)), '.U..');
});

test('throttling is never an outage', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...[60, 90, 120, 150].map((at) => refused('imap', at, 'auth', 'throttled')),
    ...healthy('imap', 160, 240),
  ];
  assert.doesNotMatch(strip(judged(attempts, 4)), /U/);
});

test('no route is our own fault: its minutes are unknown', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...[60, 70, 80, 90, 100, 110, 120, 130].map((at) => refused('imap', at, 'tcp', 'no-route')),
    ...healthy('imap', 140, 240),
  ];
  assert.equal(strip(judged(attempts, 4)), '???.');
});

test('a failure seen by a paused process is worthless, and its minutes are unknown', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    silent('imap', 60, 150),
    ...healthy('imap', 151, 240),
  ];
  const judgement = judged(attempts, 4, { blind: [{ from: s(65), to: s(150) }] });
  assert.equal(strip(judgement), '???.');
});

test('an attempt during which the wall clock stepped is no evidence', () => {
  const stepped = { ...silent('imap', 60, 150), monotonicEnd: s(90) * 1000 };
  const judgement = judged([...healthy('imap', 0, 60), stepped, ...healthy('imap', 151, 240)], 4);
  assert.equal(judgement.runs.length, 0);
});

test('an exclusion covers every minute that it touches', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...refusedThrough('imap', 60, 180),
    ...healthy('imap', 181, 300),
  ];
  const judgement = judged(attempts, 5, { exclusions: [{ from: s(90), to: s(121) }] });
  assert.equal(strip(judgement), '.xx..');
});

test('minutes that an open run touches are not final; with its end they become so', () => {
  const open = [...healthy('imap', 0, 130), ...refusedThrough('imap', 130, 300)];
  assert.equal(judged(open, 5).finalUntil, s(120));
  const ended = [...open, ...healthy('imap', 301, 420)];
  assert.equal(judged(ended, 7).finalUntil, s(360));
});

test('a message that is still awaited keeps its minutes open', () => {
  const attempts = healthy('imap', 0, 300);
  assert.equal(judged(attempts, 5).finalUntil, s(240));
  const waiting = judged(attempts, 5, { pending: new Map([['imap', [s(130)]]]) });
  assert.equal(waiting.finalUntil, s(120));
});
