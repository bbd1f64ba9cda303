import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { probeMessage } from '../../probes/message.ts';
import { accepted, address, password, probeImap } from '../support/imap-probe.ts';
import { type Answering, answering, withServer } from '../support/imap-server.ts';

/** Each command of a first round trip, and the phase that it belongs to. */
const dialogue = [
  ['CAPABILITY', 'capability'],
  ['LOGIN', 'auth'],
  ['SELECT', 'select'],
  ['APPEND', 'anchor'],
  ['UID FETCH', 'anchor'],
] as const;

suite('an IMAP server that misbehaves', { concurrency: 8 }, () => {
  for (const [command, phase] of dialogue) {
    test(`silence after ${command} is a timeout in phase ${phase}, proven from the command on`, async () => {
      const on: Answering = ({ name }) => name === command;
      await withServer({ on }, async ({ port }) => {
        const { result, finish } = await probeImap(port, {}, { deadline: 1500 });
        const { failure } = result;
        assert.equal(failure?.reason, 'timeout');
        assert.equal(failure.phase, phase);
        assert.equal(failure.kind, 'silence');
        assert.ok(failure.provenFrom >= result.startedAt && failure.provenFrom < failure.provenTo);
        assert.ok(failure.provenTo <= result.startedAt + 1500);
        assert.equal(result.vouches, null);
        assert.equal(finish, null);
      });
    });

    test(`a reset at ${command} is a connection-reset in phase ${phase}`, async () => {
      const on: Answering = ({ name, talk }) => {
        if (name === command) talk.socket.resetAndDestroy();
        return name === command;
      };
      await withServer({ on }, async ({ port }) => {
        const { result } = await probeImap(port, {});
        assert.equal(result.failure?.reason, 'connection-reset');
        assert.equal(result.failure?.phase, phase);
        assert.equal(result.failure?.kind, 'refusal');
      });
    });

    test(`a close at ${command} is a connection-closed in phase ${phase}`, async () => {
      const on: Answering = ({ name, talk }) => {
        if (name === command) talk.socket.end();
        return name === command;
      };
      await withServer({ on }, async ({ port }) => {
        const { result } = await probeImap(port, {});
        assert.equal(result.failure?.reason, 'connection-closed');
        assert.equal(result.failure?.phase, phase);
      });
    });

    test(`BYE at ${command} is told by its code in phase ${phase}`, async () => {
      await withServer({ on: answering(command, '* BYE [UNAVAILABLE] down') }, async ({ port }) => {
        const { result } = await probeImap(port, {});
        assert.equal(result.failure?.reason, 'temporary-error');
        assert.equal(result.failure?.phase, phase);
        assert.equal(result.failure?.code, '[UNAVAILABLE]');
      });
    });

    test(`what is not IMAP at ${command} is a protocol-error in phase ${phase}`, async () => {
      await withServer({ on: answering(command, '<html>') }, async ({ port }) => {
        const { result } = await probeImap(port, {});
        assert.equal(result.failure?.reason, 'protocol-error');
        assert.equal(result.failure?.phase, phase);
      });
    });
  }

  for (const command of ['NOOP', 'IDLE', 'DONE'] as const) {
    test(`silence after ${command} while waiting for the message is a timeout in phase visible`, async () => {
      let anchored = false;
      const on: Answering = ({ name }) => {
        if (name === 'UID FETCH') anchored = true;
        // A server that is asked to idle and says nothing may still take DONE: be mute to both.
        const mute = command === 'IDLE' ? ['IDLE', 'DONE', ''] : [command];
        return anchored && mute.some((one) => one === name);
      };
      await withServer({ on }, async ({ port }) => {
        const message = accepted('t1');
        const { result } = await probeImap(
          port,
          { depth: 'roundtrip', message },
          { deadline: 2500 },
        );
        assert.equal(result.failure?.reason, 'timeout');
        assert.equal(result.failure?.phase, 'visible');
      });
    });

    test(`a reset at ${command} while waiting for the message is a failure in phase visible`, async () => {
      let anchored = false;
      const on: Answering = ({ name, talk }) => {
        if (name === 'UID FETCH') anchored = true;
        if (!anchored || name !== command) return false;
        talk.socket.resetAndDestroy();
        return true;
      };
      await withServer({ on }, async ({ port }) => {
        const { result } = await probeImap(port, { depth: 'roundtrip', message: accepted('t1') });
        assert.equal(result.failure?.reason, 'connection-reset');
        assert.equal(result.failure?.phase, 'visible');
      });
    });
  }

  test('a connection that drops while waiting for acceptance fails at the next command only', async () => {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const on: Answering = ({ name, talk }) => {
      if (name === 'UID FETCH') {
        setTimeout(() => talk.socket.resetAndDestroy(), 150);
        setTimeout(() => resolve(Date.now()), 250);
      }
      return false;
    };
    await withServer({ on }, async ({ port }) => {
      const attempt = probeImap(port, {
        depth: 'roundtrip',
        message: { token: 't1', accepted: promise },
      });
      const { result } = await attempt;
      assert.equal(result.failure?.reason, 'connection-reset');
      assert.equal(result.failure?.phase, 'visible');
    });
  });

  test('a line without end is a protocol-error', async () => {
    const on: Answering = ({ name, talk }) => {
      if (name === 'SELECT') talk.write(`* ${'x'.repeat(200_000)}`);
      return name === 'SELECT';
    };
    await withServer({ on }, async ({ port }) => {
      const { result } = await probeImap(port, {});
      assert.equal(result.failure?.reason, 'protocol-error');
      assert.equal(result.failure?.phase, 'select');
    });
  });

  test('an answer that drips byte by byte ends at the deadline', async () => {
    const on: Answering = ({ name, talk }) => {
      if (name !== 'SELECT') return false;
      const timer = setInterval(() => talk.write('x'), 10);
      talk.socket.on('close', () => clearInterval(timer));
      return true;
    };
    await withServer({ on }, async ({ port }) => {
      const { result } = await probeImap(port, {}, { deadline: 1000 });
      assert.equal(result.failure?.reason, 'timeout');
      assert.ok(result.endedAt - result.startedAt < 3000);
    });
  });

  test('responses without end are a protocol-error', async () => {
    const on: Answering = ({ name, talk }) => {
      if (name === 'SELECT') talk.write('* 1 RECENT\r\n'.repeat(110_000));
      return name === 'SELECT';
    };
    await withServer({ on }, async ({ port }) => {
      const { result } = await probeImap(port, {}, { deadline: 20_000 });
      assert.equal(result.failure?.reason, 'protocol-error');
      assert.equal(result.failure?.phase, 'select');
    });
  });

  test('a literal that is too long is refused before it comes', async () => {
    const on = answering('UID FETCH', '* 1 FETCH (UID 1 BODY[] {300000}');
    await withServer({ on }, async ({ port }) => {
      const { result } = await probeImap(port, {});
      assert.equal(result.failure?.reason, 'protocol-error');
      assert.equal(result.failure?.phase, 'anchor');
    });
  });

  test('a literal that never comes to its end is a timeout', async () => {
    const on = answering('UID FETCH', '* 1 FETCH (UID 1 BODY[] {3000}', 'short');
    await withServer({ on }, async ({ port }) => {
      const { result } = await probeImap(port, {}, { deadline: 1500 });
      assert.equal(result.failure?.reason, 'timeout');
      assert.equal(result.failure?.phase, 'anchor');
    });
  });

  test('lists nested without end are a protocol-error', async () => {
    await withServer({ on: answering('SELECT', `* X ${'('.repeat(5000)}`) }, async ({ port }) => {
      const { result } = await probeImap(port, {});
      assert.equal(result.failure?.reason, 'protocol-error');
    });
  });

  test('answers cut into single bytes are understood, literals too', async () => {
    await withServer({}, async (server) => {
      server.deliver(probeMessage({ address, at: 0, token: 'p1' }));
      server.write = (socket, text) => {
        for (const character of text) socket.write(character, 'latin1');
      };
      const pending = [{ token: 'p1', acceptedAt: Date.now() }];
      const { result } = await probeImap(server.port, { pending });
      assert.equal(result.failure, null);
      assert.deepEqual(
        result.sightings.map(({ token }) => token),
        ['p1'],
      );
    });
  });

  test('what the server says unasked, anywhere, does no harm', async () => {
    const on: Answering = ({ name, talk }) => {
      if (name === 'LOGOUT') return false;
      talk.send('* 4 EXISTS');
      talk.send('* 2 EXPUNGE');
      talk.send('* FLAGS (\\Seen)');
      talk.send('* 1 FETCH (FLAGS (\\Seen))');
      talk.send('* NO [ALERT] disk almost full');
      talk.send('* BAD something');
      talk.send('* SEARCH');
      talk.send('+ ');
      talk.send('zz OK not for you');
      return false;
    };
    // A continuation nobody waits for would be taken for the one that APPEND needs.
    await withServer({ on }, async (server) => {
      server.deliver(
        'Message-ID: <anchor@mailminute.tenant.example>\r\nX-Mailminute-Anchor: 1\r\n\r\n',
      );
      setTimeout(() => server.deliver(probeMessage({ address, at: 0, token: 't1' })), 300);
      const { result } = await probeImap(server.port, {
        depth: 'roundtrip',
        message: accepted('t1'),
      });
      assert.equal(result.failure, null);
      assert.equal(result.vouches, 'roundtrip');
    });
  });

  test('a password that the server repeats appears nowhere in the result', async () => {
    const encoded = Buffer.from(`\0${address}\0${password}`).toString('base64');
    const on: Answering = ({ name, tag, talk }) => {
      if (name !== 'LOGIN' && name !== 'AUTHENTICATE') return false;
      talk.send(`* OK you said ${password}`);
      talk.send(`* OK ${encoded}`);
      talk.send(`${tag} NO [X${password}] wrong password "${password}" ${encoded}`);
      return true;
    };
    for (const capability of ['IMAP4rev1', 'IMAP4rev1 AUTH=PLAIN SASL-IR']) {
      await withServer({ capability, on }, async ({ port }) => {
        const outcome = await probeImap(port, {});
        const text = JSON.stringify(outcome);
        assert.equal(outcome.result.failure?.phase, 'auth');
        for (const form of [password, JSON.stringify(password).slice(1, -1), encoded, 'word-Qx7']) {
          assert.equal(text.includes(form), false, form);
        }
      });
    }
  });

  test('an abort of the daemon ends the attempt at once', async () => {
    await withServer({ on: ({ name }) => name === 'SELECT' }, async (server) => {
      const controller = new AbortController();
      const attempt = probeImap(server.port, {}, { signal: controller.signal });
      while (!server.names().includes('SELECT')) await new Promise((done) => setTimeout(done, 1));
      controller.abort();
      const { result } = await attempt;
      assert.equal(result.failure?.phase, 'select');
      assert.ok(result.endedAt - result.startedAt < 5000);
    });
  });
});
