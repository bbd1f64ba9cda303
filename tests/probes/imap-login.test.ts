import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorMessage } from '../../probes/message.ts';
import { address, password, probeImap } from '../support/imap-probe.ts';
import {
  type Answering,
  answering,
  type ImapScript,
  type ImapServer,
  withServer,
} from '../support/imap-server.ts';

const anchor = anchorMessage({ address, at: 0 });

test('connect depth proves the greeting, says LOGOUT and nothing else', async () => {
  await withServer({}, async (server) => {
    const { result, finish } = await probeImap(server.port, { depth: 'connect' });
    assert.equal(result.failure, null);
    assert.equal(result.vouches, 'connect');
    assert.equal(finish, null);
    while (server.commands.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(server.names(), ['LOGOUT']);
  });
});

test('the phases of a login add up to the attempt and hold no logout', async () => {
  await withServer({}, async (server) => {
    const { result, finish } = await probeImap(server.port, {});
    await finish?.([]);
    const sum = result.phases.reduce((total, { microseconds }) => total + microseconds, 0);
    assert.equal(sum, result.monotonicEnd - result.monotonicStart);
    const names = result.phases.map(({ phase }) => phase);
    assert.deepEqual(names, ['dns', 'tcp', 'greeting', 'capability', 'auth', 'select', 'anchor']);
    assert.equal(server.names().at(-1), 'LOGOUT');
  });
});

test('a greeting that tells the capabilities is not asked again', async () => {
  const greeting = '* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready';
  await withServer({ greeting }, async (server) => {
    const { result } = await probeImap(server.port, {});
    assert.equal(result.vouches, 'login');
    const encoded = Buffer.from(`\0${address}\0${password}`).toString('base64');
    assert.equal(server.commands[0], `AUTHENTICATE PLAIN ${encoded}`);
  });
});

test('AUTHENTICATE PLAIN waits for the go-ahead where SASL-IR is not offered', async () => {
  await withServer({ capability: 'IMAP4rev1 AUTH=PLAIN' }, async (server) => {
    const { result } = await probeImap(server.port, {});
    assert.equal(result.vouches, 'login');
    assert.deepEqual(server.names().slice(0, 2), ['CAPABILITY', 'AUTHENTICATE']);
    const encoded = Buffer.from(`\0${address}\0${password}`).toString('base64');
    assert.ok(server.commands.includes(`SASL ${encoded}`));
  });
});

test('LOGIN quotes what is ASCII', async () => {
  await withServer({ capability: 'IMAP4rev1' }, async (server) => {
    await probeImap(server.port, {});
    assert.equal(server.commands[1], `LOGIN "${address}" "pa\\"ss\\\\word-Qx7"`);
  });
});

test('LOGIN sends any other password as a literal', async () => {
  await withServer({ capability: 'IMAP4rev1' }, async (server) => {
    const { result } = await probeImap(server.port, {}, { secret: '密码' });
    assert.equal(result.vouches, 'login');
    const octets = Buffer.from('密码').toString('latin1');
    assert.equal(server.commands[1], `LOGIN "${address}" {6}\r\n${octets}`);
  });
});

test('LOGINDISABLED without a mechanism in common is auth-not-offered, and no secret is sent', async () => {
  await withServer({ capability: 'IMAP4rev1 LOGINDISABLED AUTH=GSSAPI' }, async (server) => {
    const { result } = await probeImap(server.port, {});
    assert.equal(result.failure?.reason, 'auth-not-offered');
    assert.equal(result.failure?.phase, 'auth');
    assert.equal(server.commands.filter((line) => /LOGIN|AUTHENTICATE/.test(line)).length, 0);
  });
});

test('an access token goes by XOAUTH2, and a refusing challenge is answered with an empty line', async () => {
  let challenged = false;
  const script: ImapScript = {
    capability: 'IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=PLAIN',
    on: ({ name, tag, talk }) => {
      if (name !== 'AUTHENTICATE') return false;
      talk.send(`+ ${Buffer.from('{"status":"400"}').toString('base64')}`);
      talk.socket.once('data', (text) => {
        challenged = String(text) === '\r\n';
        talk.send(`${tag} NO [AUTHENTICATIONFAILED] no`);
      });
      return true;
    },
  };
  await withServer(script, async (server) => {
    const { result } = await probeImap(server.port, {}, { kind: 'access-token', secret: 'ya29.t' });
    assert.equal(challenged, true);
    assert.equal(result.failure?.reason, 'auth-refused');
    const encoded = Buffer.from(`user=${address}\x01auth=Bearer ya29.t\x01\x01`).toString('base64');
    assert.equal(server.commands[1], `AUTHENTICATE XOAUTH2 ${encoded}`);
  });
});

test('an access token is never sent as a password', async () => {
  await withServer({ capability: 'IMAP4rev1 AUTH=PLAIN' }, async (server) => {
    const { result } = await probeImap(server.port, {}, { kind: 'access-token' });
    assert.equal(result.failure?.reason, 'auth-not-offered');
    assert.deepEqual(server.names().slice(0, 1), ['CAPABILITY']);
  });
});

test('PREAUTH needs no login', async () => {
  await withServer({ greeting: '* PREAUTH welcome' }, async (server) => {
    const { result } = await probeImap(server.port, {});
    assert.equal(result.vouches, 'login');
    assert.equal(server.names().includes('LOGIN'), false);
  });
});

test('ID comes before SELECT where it is offered, and its refusal is no failure', async () => {
  const on = answering('ID', `TAG BAD what`);
  await withServer({ capability: 'IMAP4rev1 ID', on }, async (server) => {
    const { result } = await probeImap(server.port, {});
    assert.equal(result.vouches, 'login');
    const names = server.names();
    assert.equal(names.indexOf('ID'), names.indexOf('SELECT') - 1);
  });
});

const refusals = [
  ['LOGIN', 'NO [AUTHENTICATIONFAILED] no', 'auth-refused', 'auth'],
  ['LOGIN', 'NO wrong', 'auth-refused', 'auth'],
  ['LOGIN', 'NO [UNAVAILABLE] backend down', 'temporary-error', 'auth'],
  ['LOGIN', 'NO [LIMIT] too many', 'throttled', 'auth'],
  ['LOGIN', 'BAD syntax', 'rejected', 'auth'],
  ['CAPABILITY', 'NO [SERVERBUG] oops', 'temporary-error', 'capability'],
  ['SELECT', 'NO [UNAVAILABLE] storage', 'temporary-error', 'select'],
  ['SELECT', 'NO cannot', 'rejected', 'select'],
  ['UID FETCH', 'NO [UNAVAILABLE] storage', 'temporary-error', 'anchor'],
  ['APPEND', 'NO [UNAVAILABLE] storage', 'temporary-error', 'anchor'],
] as const;

for (const [command, answer, reason, phase] of refusals) {
  test(`${command} answered "${answer}" is ${reason} in phase ${phase}`, async () => {
    const on = answering(command, `TAG ${answer}`);
    await withServer({ on }, async (server) => {
      const { result } = await probeImap(server.port, {});
      assert.equal(result.failure?.reason, reason);
      assert.equal(result.failure?.phase, phase);
      assert.equal(result.failure?.kind, 'refusal');
      assert.equal(result.vouches, null);
      assert.match(result.transcript, new RegExp(`${answer.replace(/[[\]]/g, '\\$&')}$`, 'm'));
    });
  });
}

const greetings = [
  ['* BYE [UNAVAILABLE] down', 'temporary-error'],
  ['* BYE Too many connections from your address', 'throttled'],
  ['220 smtp.example ESMTP', 'protocol-error'],
] as const;

for (const [greeting, reason] of greetings) {
  test(`the greeting "${greeting}" is ${reason}`, async () => {
    await withServer({ greeting }, async (server) => {
      const { result } = await probeImap(server.port, { depth: 'connect' });
      assert.equal(result.failure?.reason, reason);
      assert.equal(result.failure?.phase, 'greeting');
    });
  });
}

test('the anchor is placed once, marked as seen, and read by its UID from then on', async () => {
  await withServer({}, async (server) => {
    const memory = { anchor: null };
    const first = await probeImap(server.port, {}, { memory });
    await first.finish?.([]);
    assert.equal(memory.anchor, '77:1');
    assert.ok(server.mailbox.messages[0]?.flags.has('\\Seen'));
    server.commands.length = 0;
    const second = await probeImap(server.port, {}, { memory });
    await second.finish?.([]);
    assert.equal(second.result.vouches, 'login');
    assert.deepEqual(
      server.names().filter((name) => /APPEND|SEARCH|FETCH/.test(name)),
      ['UID FETCH'],
    );
    assert.equal(server.mailbox.messages.length, 1);
  });
});

test('without memory the anchor is found again', async () => {
  await withServer({}, async (server) => {
    server.deliver('Subject: foreign\r\n\r\nx');
    server.deliver(anchor);
    const memory = { anchor: null };
    await probeImap(server.port, {}, { memory });
    assert.equal(memory.anchor, '77:2');
    assert.equal(server.mailbox.messages.length, 2);
  });
});

test('a search that finds nothing, whatever is there, makes no second anchor', async () => {
  const on = answering('UID SEARCH', '* SEARCH', `TAG OK done`);
  await withServer({ on }, async (server) => {
    server.deliver(anchor);
    const { result } = await probeImap(server.port, {});
    assert.equal(result.vouches, 'login');
    assert.equal(server.mailbox.messages.length, 1);
  });
});

test('an anchor that was removed is placed again', async () => {
  await withServer({}, async (server) => {
    server.mailbox.uidNext = 9;
    const memory = { anchor: '77:3' };
    const { result } = await probeImap(server.port, {}, { memory });
    assert.equal(result.vouches, 'login');
    assert.equal(memory.anchor, '77:9');
  });
});

test('a UID of another UIDVALIDITY is not believed', async () => {
  await withServer({ uidValidity: 78 }, async (server) => {
    server.deliver('Subject: foreign\r\n\r\nx');
    server.deliver(anchor);
    const memory = { anchor: '77:1' };
    await probeImap(server.port, {}, { memory });
    assert.equal(memory.anchor, '78:2');
  });
});

test('a mailbox that takes no anchor for want of space can still be read', async () => {
  const on = answering('APPEND', `TAG NO [OVERQUOTA] full`);
  await withServer({ on }, async (server) => {
    const { result } = await probeImap(server.port, {});
    assert.equal(result.failure, null);
    assert.equal(result.vouches, 'login');
  });
});

test('an APPEND without APPENDUID leads to the anchor by a look at what is new', async () => {
  const on: Answering = (command) => {
    if (command.name !== 'APPEND') return false;
    server?.deliver(anchor);
    command.talk.send(`${command.tag} OK stored`);
    return true;
  };
  let server: ImapServer | null = null;
  await withServer({ on }, async (started) => {
    server = started;
    started.deliver('Subject: foreign\r\n\r\nx');
    const memory = { anchor: null };
    await probeImap(started.port, {}, { memory });
    assert.equal(memory.anchor, '77:2');
  });
});

test('a server that hides UIDNEXT is asked for its last UID', async () => {
  const on = answering('SELECT', '* 1 EXISTS', `TAG OK open`);
  await withServer({ on }, async (server) => {
    server.deliver(anchor);
    const { result } = await probeImap(server.port, {});
    assert.equal(result.vouches, 'login');
    assert.ok(server.commands.includes('FETCH * (UID)'));
  });
});
