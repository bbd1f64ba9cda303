import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorMessage, probeMessage } from '../../probes/message.ts';
import { pop } from '../../probes/pop.ts';
import type { Ask, Memory, ProbeOutcome } from '../../probes/probe.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { authority, trusted } from '../support/certificates.ts';
import * as act from '../support/hostile.ts';
import * as bench from '../support/probing.ts';
import { type Overrides, type PopMailbox, popServer, type Stored } from '../support/scripted.ts';

const address = 'probe@acme.example';
const token = 'a1b2c3d4e5f6';

function headerOf(message: string): string {
  return message.slice(0, message.indexOf('\r\n\r\n') + 2);
}

function ours(uid: string, ofToken = token): Stored {
  return { uid, header: headerOf(probeMessage({ token: ofToken, address, at: 0 })) };
}

function foreign(uid: string): Stored {
  return { uid, header: 'From: someone@example\r\nSubject: .hidden\r\n' };
}

const anchor: Stored = { uid: 'anchor-uid', header: headerOf(anchorMessage({ address, at: 0 })) };

function mailboxOf(...messages: Stored[]): PopMailbox {
  return { messages, logins: 0 };
}

interface Setting {
  readonly mailbox?: PopMailbox;
  readonly tenant?: Partial<Tenant>;
  readonly memory?: Memory;
  readonly endpoint?: Parameters<typeof bench.endpointAt>[1];
  /** Runs while the session is kept. */
  readonly meanwhile?: (outcome: ProbeOutcome) => Promise<void>;
}

async function probe(overrides: Overrides, ask: Ask, setting: Setting = {}) {
  const mailbox = setting.mailbox ?? mailboxOf(anchor);
  const server = await act.hostile(popServer(mailbox, overrides));
  try {
    const endpoint = bench.endpointAt(server.port, setting.endpoint);
    const imap = bench.endpointAt(1);
    const tenant = bench.tenantWith({ pop: endpoint, imap, ...setting.tenant });
    const memory = setting.memory ?? { anchor: null };
    const outcome = await pop(tenant, ask, bench.contextWith({ memory }));
    bench.checkInvariants(outcome.result, 'pop');
    await setting.meanwhile?.(outcome);
    return { result: outcome.result, lines: server.lines, memory, mailbox };
  } finally {
    await server.close();
  }
}

function waiting(accepted: Promise<number | null>, other: Partial<Ask> = {}): Ask {
  return bench.asking({ depth: 'roundtrip', message: { token, accepted }, ...other });
}

const tops = (lines: readonly string[]) => lines.filter((line) => line.startsWith('TOP '));

test('depth connect ends after the greeting', async () => {
  const { result, lines } = await probe({}, bench.asking({ depth: 'connect' }));
  assert.equal(result.vouches, 'connect');
  assert.ok(lines.every((line) => line === 'QUIT'));
});

test('a login reads the anchor and remembers it by its UIDL', async () => {
  const mailbox = mailboxOf(anchor, foreign('f1'), foreign('f2'));
  const { result, memory } = await probe({}, bench.asking(), { mailbox });
  assert.equal(result.failure, null);
  assert.equal(result.vouches, 'login');
  assert.equal(memory.anchor, 'anchor-uid');
  const again = await probe({}, bench.asking(), { mailbox, memory });
  assert.deepEqual(tops(again.lines), []);
  assert.equal(again.result.vouches, 'login');
});

test('an anchor that is gone is forgotten, and the newest header proves reading', async () => {
  const memory = { anchor: 'anchor-uid' };
  const { result } = await probe({}, bench.asking(), { mailbox: mailboxOf(foreign('f')), memory });
  assert.equal(result.vouches, 'login');
  assert.equal(memory.anchor, null);
});

test('a large mailbox is not listed again, though its anchor lies too far back to be come across', async () => {
  const others = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => foreign(`f${from + index}`));
  const mailbox = mailboxOf(...others(0, 40), anchor, ...others(40, 300), ours('m1'));
  const memory = { anchor: null };
  const ask = waiting(Promise.resolve(Date.now()));
  const CAPA = act.say('+OK\r\nUSER\r\nTOP\r\nUIDL\r\nPIPELINING\r\n.\r\n');
  const first = await probe({ CAPA }, ask, { mailbox, memory });
  assert.ok(first.lines.includes('UIDL'));
  assert.equal(memory.anchor, null);
  mailbox.messages.pop();
  mailbox.messages.push(...others(300, 303), ours('m2'));
  const second = await probe({ CAPA }, ask, { mailbox, memory });
  assert.equal(second.result.vouches, 'roundtrip');
  assert.ok(!second.lines.includes('UIDL'), second.lines.join('\n'));
});

test('an empty mailbox is a mailbox', async () => {
  const { result } = await probe({}, bench.asking(), { mailbox: mailboxOf() });
  assert.equal(result.vouches, 'login');
});

test('a message that is there is seen in the first session, by one look', async () => {
  const accepted = Date.now();
  const mailbox = mailboxOf(anchor, ours('m1'));
  const { result } = await probe({}, waiting(Promise.resolve(accepted)), { mailbox });
  assert.equal(result.vouches, 'roundtrip');
  assert.equal(mailbox.logins, 1);
  assert.equal(result.sightings.length, 1);
  const [sighting] = result.sightings;
  assert.equal(sighting?.token, token);
  assert.equal(sighting.lastNotSeen, null);
  assert.ok(sighting.firstSeen >= result.startedAt && sighting.firstSeen <= result.endedAt);
  assert.ok(result.lookedAt !== null && result.lookedAt <= sighting.firstSeen);
});

test('a message that comes later is seen in a fresh session, between two looks', async () => {
  const mailbox = mailboxOf(anchor);
  setTimeout(() => mailbox.messages.push(ours('m1')), 100);
  const { result } = await probe({}, waiting(Promise.resolve(Date.now())), {
    mailbox,
    tenant: { attemptDeadline: 5000 },
  });
  assert.equal(result.vouches, 'roundtrip');
  assert.ok(mailbox.logins > 1);
  const [sighting] = result.sightings;
  assert.ok(sighting?.lastNotSeen != null && sighting.lastNotSeen < sighting.firstSeen);
  const phases = result.phases.map(({ phase }) => phase);
  assert.equal(phases.filter((phase) => phase === 'tcp').length, 1);
});

test('a message that does not come in time leaves a success at login, with the look as evidence', async () => {
  const { result } = await probe({}, waiting(Promise.resolve(Date.now())));
  assert.equal(result.failure, null);
  assert.equal(result.vouches, 'login');
  assert.deepEqual(result.sightings, []);
  assert.ok(result.lookedAt !== null && result.lookedAt >= result.startedAt);
});

test('without acceptance the anchor alone is read, and the message is not looked for', async () => {
  for (const accepted of [Promise.resolve(null), new Promise<null>(() => {})]) {
    const mailbox = mailboxOf(anchor, ours('m1'));
    const { result } = await probe({}, waiting(accepted), { mailbox });
    assert.equal(result.failure, null);
    assert.equal(result.vouches, 'login');
    assert.deepEqual(result.sightings, []);
  }
});

test('the login waits for the acceptance', async () => {
  const times: number[] = [];
  const accepted = new Promise<number>((resolve) =>
    setTimeout(() => {
      times.push(Date.now());
      resolve(Date.now());
    }, 80),
  );
  const { result } = await probe({}, waiting(accepted), { mailbox: mailboxOf(anchor, ours('m1')) });
  assert.ok((result.lookedAt ?? 0) >= (times[0] ?? Infinity) - 1);
  const wait = result.phases.find(({ phase }) => phase === 'wait');
  assert.ok((wait?.microseconds ?? 0) > 20_000);
});

test('older messages are looked for as well, and no header is read twice in a mailbox’s life', async () => {
  const pending = [{ token: 'older1', acceptedAt: 1 }];
  const mailbox = mailboxOf(anchor, ours('p1', 'older1'), foreign('f1'), ours('m1'));
  const memory = { anchor: null };
  const ask = waiting(Promise.resolve(Date.now()), { pending });
  const { result } = await probe({}, ask, { mailbox, memory });
  assert.deepEqual(result.sightings.map((one) => one.token).sort(), [token, 'older1'].sort());
  const again = await probe({}, ask, { mailbox, memory });
  assert.deepEqual(tops(again.lines), []);
  assert.equal(again.result.sightings.length, 2);
});

test('a bounce that quotes the token is not an arrival', async () => {
  const own = ours('b1').header;
  const report = { uid: 'b1', header: `Content-Type: multipart/report; boundary=x\r\n${own}` };
  const bounced = { uid: 'b2', header: `Return-Path: <>\r\n${own}` };
  const mailbox = mailboxOf(anchor, report, bounced);
  const { result } = await probe({}, waiting(Promise.resolve(Date.now())), { mailbox });
  assert.deepEqual(result.sightings, []);
  assert.equal(result.vouches, 'login');
});

test('a mailbox too full to be searched at once proves no absence', async () => {
  const many = Array.from({ length: 300 }, (_, index) => foreign(`f${index}`));
  const mailbox = mailboxOf(...many);
  const pending = [{ token: 'older1', acceptedAt: 1 }];
  const { result, lines } = await probe({}, bench.asking({ pending }), { mailbox });
  assert.equal(result.vouches, 'login');
  assert.equal(result.lookedAt, null);
  assert.ok(tops(lines).length <= 34);
  assert.ok(!lines.some((line) => line.startsWith('RETR')));
});

test('without IMAP the kept session deletes what was asked for, and nothing else', async () => {
  const mailbox = mailboxOf(anchor, ours('p1', 'older1'), foreign('f1'), ours('m1'));
  let gone: readonly string[] = [];
  await probe({}, waiting(Promise.resolve(Date.now())), {
    mailbox,
    tenant: { imap: null },
    meanwhile: async ({ finish }) => {
      gone = (await finish?.([token, 'older1', 'never-sent'])) ?? [];
    },
  });
  assert.deepEqual([...gone].sort(), [token, 'older1'].sort());
  assert.deepEqual(
    mailbox.messages.map(({ uid }) => uid),
    ['anchor-uid', 'f1'],
  );
});

test('a server that dies before QUIT has deleted nothing, and finish still ends', async () => {
  const mailbox = mailboxOf(anchor, ours('m1'));
  let gone: readonly string[] | undefined;
  await probe({ QUIT: act.reset }, waiting(Promise.resolve(Date.now())), {
    mailbox,
    tenant: { imap: null },
    meanwhile: async ({ finish }) => {
      gone = await finish?.([token]);
    },
  });
  assert.deepEqual(gone, []);
});

const refusals = [
  ['greeting', '-ERR [SYS/TEMP] not now\r\n', 'greeting', 'temporary-error', '[SYS/TEMP]'],
  ['greeting', '-ERR too many connections\r\n', 'greeting', 'throttled', '-ERR'],
  ['PASS', '-ERR [AUTH] wrong\r\n', 'auth', 'auth-refused', '[AUTH]'],
  ['PASS', '-ERR login fail. Password is wrong\r\n', 'auth', 'auth-refused', '-ERR'],
  ['PASS', '-ERR no\r\n', 'auth', 'auth-refused', '-ERR'],
  ['PASS', '-ERR [IN-USE] mailbox is locked\r\n', 'auth', 'temporary-error', '[IN-USE]'],
  ['PASS', '-ERR [LOGIN-DELAY] slowly\r\n', 'auth', 'throttled', '[LOGIN-DELAY]'],
  ['PASS', '-ERR login frequency limited\r\n', 'auth', 'throttled', '-ERR'],
  ['PASS', '-ERR [SYS/PERM] call us\r\n', 'auth', 'rejected', '[SYS/PERM]'],
  ['UIDL', '-ERR internal server error\r\n', 'uidl', 'temporary-error', '-ERR'],
  ['TOP', '-ERR no\r\n', 'anchor', 'rejected', '-ERR'],
] as const;
for (const [verb, reply, phase, reason, code] of refusals) {
  test(`"${reply.trim()}" to ${verb} is ${reason} in phase ${phase}`, async () => {
    const { result } = await probe({ [verb]: act.say(reply) }, bench.asking());
    assert.equal(result.failure?.reason, reason);
    assert.equal(result.failure.phase, phase);
    assert.equal(result.failure.code, code);
    assert.equal(result.failure.kind, 'refusal');
  });
}

const points = [
  ['greeting', 'greeting'],
  ['CAPA', 'capability'],
  ['USER', 'auth'],
  ['PASS', 'auth'],
  ['UIDL', 'uidl'],
  ['TOP', 'anchor'],
] as const;
for (const [verb, phase] of points) {
  test(`a reset, an end and a silence at ${verb} belong to phase ${phase}`, async () => {
    const outcomes = [
      ['connection-reset', 'refusal', act.later(20, act.reset)],
      ['connection-closed', 'refusal', act.hangUp],
      ['timeout', 'silence', act.mute],
    ] as const;
    for (const [reason, kind, doing] of outcomes) {
      const { result } = await probe({ [verb]: doing }, bench.asking());
      assert.equal(result.failure?.reason, reason);
      assert.equal(result.failure.kind, kind);
      assert.equal(result.failure.phase, phase);
      if (kind === 'silence') assert.ok(result.failure.provenTo >= result.startedAt + 598);
    }
  });
}

test('rubbish, an endless line and an endless listing are protocol errors in bounded memory', async () => {
  const before = process.memoryUsage();
  const cases = [
    ['greeting', act.garbage],
    ['greeting', act.endlessLine],
    ['UIDL', act.endless('+OK\r\n', 'x')],
    ['UIDL', act.endless('+OK\r\n', '1 uid-of-the-same-message\r\n')],
    ['TOP', act.endless('+OK\r\n', 'Received: from nowhere\r\n')],
  ] as const;
  for (const [verb, doing] of cases) {
    const tenant = { attemptDeadline: 10_000 };
    const { result } = await probe({ [verb]: doing }, bench.asking(), { tenant });
    assert.equal(result.failure?.reason, 'protocol-error', verb);
  }
  const after = process.memoryUsage();
  assert.ok(after.rss - before.rss < 200 * 1024 * 1024);
});

test('a drip-fed listing is a silence from its UIDL on', async () => {
  const { result } = await probe({ UIDL: act.drip('+OK\r\n1 a\r\n', 1, 90) }, bench.asking());
  assert.equal(result.failure?.kind, 'silence');
  assert.equal(result.failure.phase, 'uidl');
});

test('a terminator split over packets ends the listing', async () => {
  const listing = act.drip('+OK\r\n1 anchor-uid\r\n.\r\n', 1, 2);
  const { result } = await probe({ UIDL: listing }, bench.asking());
  assert.equal(result.failure, null);
});

test('what is said beyond an answer is no answer, and no beginning of a listing', async () => {
  const more = '+OK fine\r\n'.repeat(3);
  const told = await probe({ CAPA: act.say(`+OK\r\nUSER\r\n.\r\n${more}`) }, bench.asking());
  assert.equal(told.result.failure, null, told.result.transcript);
  const refused = await probe({ CAPA: act.say(`-ERR no\r\n${more}`) }, bench.asking());
  assert.equal(refused.result.failure?.reason, 'rejected');
});

test('an echoed password is masked', async () => {
  const echo = act.say(`-ERR [AUTH] "${bench.password}" is wrong\r\n`);
  const { result } = await probe({ PASS: echo }, bench.asking());
  assert.match(result.failure?.message ?? '', /\[masked\]/);
});

test('a fresh session that hangs is a silence from its own request, in phase visible', async () => {
  let connections = 0;
  const greeting: act.Act = (socket) => {
    connections += 1;
    if (connections === 1) socket.write('+OK\r\n');
  };
  const { result } = await probe({ greeting }, waiting(Promise.resolve(Date.now())));
  assert.equal(result.failure?.phase, 'visible');
  assert.equal(result.failure.kind, 'silence');
  assert.ok(
    result.failure.provenFrom > (result.lookedAt ?? Infinity),
    'after the look that ended well',
  );
});

test('a limit met by our own fresh sessions ends the watch, not the service', async () => {
  let logins = 0;
  const login: act.Act = (socket) => {
    logins += 1;
    socket.write(logins === 1 ? '+OK\r\n' : '-ERR [LOGIN-DELAY] later\r\n');
  };
  const overrides = { PASS: login, UIDL: act.say('+OK\r\n.\r\n') };
  const { result } = await probe(overrides, waiting(Promise.resolve(Date.now())));
  assert.equal(logins, 2);
  assert.equal(result.failure, null);
  assert.equal(result.vouches, 'login');
});

test('a token is spoken by XOAUTH2, and its error challenge answered', async () => {
  const credential = {
    kind: 'access-token' as const,
    secret: new Secret(() => bench.password),
  };
  const mailbox = { address, username: address, credential };
  const answers = ['+ \r\n', '+ eyJzdGF0dXMiOiI0MDEifQ==\r\n', '-ERR [AUTH] expired\r\n'];
  const step: act.Act = (socket) => socket.write(answers.shift() ?? '');
  const blob = Buffer.from(`user=${address}\x01auth=Bearer ${bench.password}\x01\x01`);
  const encoded = blob.toString('base64');
  const overrides = { AUTH: step, [encoded.toUpperCase()]: step, '': step };
  const { result, lines } = await probe(overrides, bench.asking(), { tenant: { mailbox } });
  assert.equal(result.failure?.reason, 'auth-refused');
  assert.equal(lines.at(2), encoded);
  assert.doesNotMatch(JSON.stringify(result), new RegExp(encoded.slice(20, 40)));
});

const starttls = {
  endpoint: { ca: authority, tls: 'starttls' as const },
};

test('STLS upgrades before any credential is sent', async () => {
  const overrides = { STLS: act.upgrade('+OK go\r\n', trusted) };
  const { result, lines } = await probe(overrides, bench.asking(), starttls);
  assert.equal(result.failure, null);
  assert.match(result.tlsVersion ?? '', /^TLS/);
  assert.equal(lines[0], 'STLS');
});

test('STLS refused or injected into sends no credential', async () => {
  const refused = await probe({ STLS: act.say('-ERR unknown\r\n') }, bench.asking(), starttls);
  assert.equal(refused.result.failure?.reason, 'starttls-not-offered');
  const injected = act.say('+OK go\r\n+OK logged in\r\n');
  const { result, lines } = await probe({ STLS: injected }, bench.asking(), starttls);
  assert.equal(result.failure?.reason, 'protocol-error');
  assert.deepEqual([...refused.lines, ...lines], ['STLS', 'STLS']);
});
