import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { anchorMessage, messageIdOf, probeMessage } from '../../probes/message.ts';
import { accepted, address, probeImap } from '../support/imap-probe.ts';
import { type Answering, answering, type ImapServer, withServer } from '../support/imap-server.ts';

const anchor = anchorMessage({ address, at: 0 });
const letter = (token: string): string => probeMessage({ address, at: 0, token });

/** A mailbox whose anchor is known, so that only the arrival is left to be seen. */
function prepared(server: ImapServer) {
  return { memory: { anchor: `77:${server.deliver(anchor)}` } };
}

/** A delivery report and an automatic answer that both quote the token. */
function bounce(token: string): string {
  return [
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    `Message-ID: ${messageIdOf(token, address)}`,
    `X-Mailminute-Token: ${token}`,
    `Subject: mailminute probe ${token}`,
    '',
    token,
  ].join('\r\n');
}

suite('the arrival of a message by IMAP', { concurrency: 8 }, () => {
  for (const capability of ['IMAP4rev1 UIDPLUS', 'IMAP4rev1 IDLE UIDPLUS']) {
    for (const delay of [0, 30, 1500]) {
      test(`a message that comes after ${delay} ms is seen, ${capability}`, async () => {
        await withServer({ capability }, async (server) => {
          const settings = prepared(server);
          const message = accepted('t1');
          let put = 0;
          const attempt = probeImap(server.port, { depth: 'roundtrip', message }, settings);
          while (!server.names().includes('NOOP')) await new Promise((done) => setTimeout(done, 1));
          setTimeout(() => {
            put = Date.now();
            server.deliver(letter('t1'));
          }, delay);
          const { result } = await attempt;
          assert.equal(result.failure, null);
          assert.equal(result.vouches, 'roundtrip');
          const [sighting] = result.sightings;
          assert.equal(sighting?.token, 't1');
          // One millisecond for the two clocks, which are rounded apart.
          assert.ok(sighting.firstSeen >= put - 1, 'not seen before it was there');
          assert.ok((sighting.lastNotSeen ?? 0) <= put + 1, 'not missed after it was there');
          const names = result.phases.map(({ phase }) => phase);
          assert.deepEqual(names.slice(-3), ['fetch', 'wait', 'visible']);
          const sum = result.phases.reduce((total, { microseconds }) => total + microseconds, 0);
          assert.equal(sum, result.monotonicEnd - result.monotonicStart);
        });
      });
    }
  }

  test('another message of ours was there when it was come across, not to the session’s end', async () => {
    await withServer({ capability: 'IMAP4rev1 IDLE UIDPLUS' }, async (server) => {
      const message = accepted('t1');
      const settings = prepared(server);
      const attempt = probeImap(server.port, { depth: 'roundtrip', message }, settings);
      while (!server.names().includes('NOOP')) await new Promise((done) => setTimeout(done, 1));
      server.deliver(letter('t2'));
      await new Promise((done) => setTimeout(done, 700));
      const put = Date.now();
      server.deliver(letter('t1'));
      const { result } = await attempt;
      const [other] = result.copies ?? [];
      assert.equal(other?.token, 't2');
      assert.ok(other.seenAt <= put, `${other.seenAt - put} ms after it was last come across`);
    });
  });

  test('the message may be there before its acceptance is known: it was not at SELECT', async () => {
    await withServer({}, async (server) => {
      const settings = prepared(server);
      const { promise, resolve } = Promise.withResolvers<number | null>();
      const attempt = probeImap(
        server.port,
        { depth: 'roundtrip', message: { token: 't1', accepted: promise } },
        settings,
      );
      while (!server.names().includes('UID FETCH'))
        await new Promise((done) => setTimeout(done, 1));
      server.deliver(letter('t1'));
      setTimeout(() => resolve(Date.now()), 500);
      const { result } = await attempt;
      const [sighting] = result.sightings;
      assert.ok(sighting?.lastNotSeen !== null && sighting !== undefined);
      assert.ok(
        sighting.lastNotSeen >= result.startedAt && sighting.lastNotSeen <= sighting.firstSeen,
      );
      const wait = result.phases.find(({ phase }) => phase === 'wait')?.microseconds ?? 0;
      assert.ok(wait > 20_000);
    });
  });

  test('a message that was faster than the login is seen without any waiting', async () => {
    await withServer({}, async (server) => {
      const settings = prepared(server);
      server.deliver(letter('t1'));
      const { result } = await probeImap(
        server.port,
        { depth: 'roundtrip', message: accepted('t1') },
        settings,
      );
      assert.equal(result.vouches, 'roundtrip');
      assert.equal(result.sightings[0]?.lastNotSeen, null);
      assert.equal(server.names().includes('NOOP'), false);
    });
  });

  test('a message that was not accepted is not waited for', async () => {
    await withServer({}, async (server) => {
      const message = { token: 't1', accepted: Promise.resolve(null) };
      const { result } = await probeImap(
        server.port,
        { depth: 'roundtrip', message },
        prepared(server),
      );
      assert.equal(result.failure, null);
      assert.equal(result.vouches, 'login');
      assert.deepEqual(result.sightings, []);
      assert.equal(result.phases.at(-1)?.phase, 'wait');
    });
  });

  test('an acceptance that takes too long is not waited for', async () => {
    await withServer({}, async (server) => {
      const message = { token: 't1', accepted: new Promise<null>(() => undefined) };
      const { result } = await probeImap(
        server.port,
        { depth: 'roundtrip', message },
        { ...prepared(server), deadline: 600 },
      );
      assert.equal(result.failure, null);
      assert.equal(result.vouches, 'login');
    });
  });

  test('a message that does not come is delay: a success that vouches for login and has looked', async () => {
    await withServer({}, async (server) => {
      const { result } = await probeImap(
        server.port,
        { depth: 'roundtrip', message: accepted('t1') },
        { ...prepared(server), deadline: 900 },
      );
      assert.equal(result.failure, null);
      assert.equal(result.vouches, 'login');
      assert.deepEqual(result.sightings, []);
      assert.ok(result.lookedAt !== null && result.lookedAt >= result.startedAt);
      assert.ok(result.lookedAt <= result.endedAt);
    });
  });

  test('a delivery report that quotes the token is no arrival', async () => {
    await withServer({}, async (server) => {
      const settings = { ...prepared(server), deadline: 900 };
      const attempt = probeImap(
        server.port,
        { depth: 'roundtrip', message: accepted('t1') },
        settings,
      );
      setTimeout(() => server.deliver(bounce('t1')), 50);
      const { result } = await attempt;
      assert.deepEqual(result.sightings, []);
      assert.equal(result.vouches, 'login');
    });
  });

  test('other mail that comes meanwhile is neither taken for ours nor in the transcript', async () => {
    await withServer({}, async (server) => {
      const settings = prepared(server);
      const attempt = probeImap(
        server.port,
        { depth: 'roundtrip', message: accepted('t1') },
        settings,
      );
      setTimeout(() => server.deliver('Subject: private matter\r\nMessage-ID: <x@y>\r\n\r\n'), 50);
      setTimeout(() => server.deliver(letter('t1')), 250);
      const { result } = await attempt;
      assert.deepEqual(
        result.sightings.map(({ token }) => token),
        ['t1'],
      );
      assert.equal(result.transcript.includes('private matter'), false);
    });
  });

  test('a message whose arrival the server does not announce is seen by a slow look', async () => {
    const on: Answering = ({ name, tag, talk }) => {
      if (name !== 'NOOP') return false;
      talk.send(`${tag} OK nothing`);
      return true;
    };
    await withServer({ on, capability: 'IMAP4rev1' }, async (server) => {
      const attempt = probeImap(
        server.port,
        { depth: 'roundtrip', message: accepted('t1') },
        { ...prepared(server), deadline: 6000 },
      );
      setTimeout(() => server.deliver(letter('t1')), 100);
      const { result } = await attempt;
      assert.equal(result.vouches, 'roundtrip');
    });
  });

  const brokenIdles: readonly (readonly [string, Answering])[] = [
    ['is refused', answering('IDLE', 'TAG BAD unknown')],
    [
      'gives no go-ahead',
      ({ name, tag, talk }) => {
        if (name === 'IDLE') talk.idle = tag;
        return name === 'IDLE';
      },
    ],
    [
      'never tells anything',
      ({ name, tag, talk }) => {
        if (name !== 'IDLE') return false;
        talk.send('+ idling');
        // Not `talk.idle`: a delivery would be announced. DONE is answered by its empty name.
        talk.socket.once('data', () => talk.send(`${tag} OK`));
        return true;
      },
    ],
    ['ends by itself', answering('IDLE', '+ idling', 'TAG OK enough')],
  ];

  for (const [how, on] of brokenIdles) {
    test(`a message is seen although IDLE ${how}`, async () => {
      await withServer({ on }, async (server) => {
        const attempt = probeImap(
          server.port,
          { depth: 'roundtrip', message: accepted('t1') },
          { ...prepared(server), deadline: 9000 },
        );
        setTimeout(() => server.deliver(letter('t1')), 900);
        const { result } = await attempt;
        assert.equal(result.failure, null);
        assert.equal(result.vouches, 'roundtrip');
      });
    });
  }

  test('an older message is found among the newest, and its arrival has no lower bound here', async () => {
    await withServer({}, async (server) => {
      server.deliver(letter('old'));
      const pending = [{ token: 'old', acceptedAt: Date.now() - 60_000 }];
      const { result } = await probeImap(server.port, { pending }, prepared(server));
      assert.equal(result.vouches, 'login');
      assert.equal(result.sightings[0]?.token, 'old');
      assert.equal(result.sightings[0]?.lastNotSeen, null);
      assert.ok(result.lookedAt !== null);
    });
  });

  test('an older message beyond the newest is found by a search', async () => {
    await withServer({}, async (server) => {
      const settings = prepared(server);
      server.deliver(letter('old'));
      for (let count = 0; count < 300; count += 1) server.deliver('Subject: x\r\n\r\n');
      const pending = ['old', 'gone'].map((token) => ({ token, acceptedAt: 0 }));
      const { result } = await probeImap(server.port, { pending }, settings);
      assert.deepEqual(
        result.sightings.map(({ token }) => token),
        ['old'],
      );
      assert.ok(result.lookedAt !== null);
    });
  });

  test('a look that could not search everything does not count as one', async () => {
    await withServer({ on: answering('UID SEARCH', 'TAG BAD no') }, async (server) => {
      const settings = prepared(server);
      for (let count = 0; count < 300; count += 1) server.deliver('Subject: x\r\n\r\n');
      const pending = [{ token: 'gone', acceptedAt: 0 }];
      const { result } = await probeImap(server.port, { pending }, settings);
      assert.equal(result.failure, null);
      assert.equal(result.lookedAt, null);
    });
  });

  test('search results that come in several lines, or as ESEARCH, are all taken', async () => {
    for (const lines of [
      ['* SEARCH 2', '* SEARCH 3 ', '* SEARCH'],
      ['* ESEARCH (TAG "x") UID ALL 2:3'],
    ]) {
      const on = answering('UID SEARCH', ...lines, 'TAG OK done');
      await withServer({ on }, async (server) => {
        const settings = prepared(server);
        server.deliver(letter('a'));
        server.deliver(letter('b'));
        for (let count = 0; count < 300; count += 1) server.deliver('Subject: x\r\n\r\n');
        const pending = ['a', 'b'].map((token) => ({ token, acceptedAt: 0 }));
        const { result } = await probeImap(server.port, { pending }, settings);
        assert.deepEqual(result.sightings.map(({ token }) => token).sort(), ['a', 'b']);
      });
    }
  });

  test('an older message that comes while the new one is awaited is seen as well', async () => {
    await withServer({}, async (server) => {
      const attempt = probeImap(
        server.port,
        {
          depth: 'roundtrip',
          message: accepted('t1'),
          pending: [{ token: 'late', acceptedAt: Date.now() - 60_000 }],
        },
        prepared(server),
      );
      // After the first look, which found neither.
      while (!server.names().includes('NOOP') && !server.names().includes('IDLE'))
        await new Promise((done) => setTimeout(done, 1));
      server.deliver(letter('late'));
      setTimeout(() => server.deliver(letter('t1')), 200);
      const { result } = await attempt;
      assert.deepEqual(
        result.sightings.map(({ token }) => token),
        ['late', 't1'],
      );
      assert.ok(result.sightings.every(({ lastNotSeen }) => lastNotSeen !== null));
    });
  });

  test('a message removed by somebody else during the look does not end the attempt', async () => {
    const on: Answering = ({ name, tag, talk }) => {
      if (name !== 'FETCH') return false;
      talk.send(`${tag} NO [EXPUNGEISSUED] some are gone`);
      return true;
    };
    await withServer({ on }, async (server) => {
      const pending = [{ token: 'gone', acceptedAt: 0 }];
      const { result } = await probeImap(server.port, { pending }, prepared(server));
      assert.equal(result.failure, null);
    });
  });
});
