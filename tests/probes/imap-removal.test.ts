import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { anchorMessage, probeMessage } from '../../probes/message.ts';
import type { ProbeOutcome } from '../../probes/probe.ts';
import { accepted, address, probeImap } from '../support/imap-probe.ts';
import { type Answering, answering, type ImapServer, withServer } from '../support/imap-server.ts';

const anchor = anchorMessage({ address, at: 0 });
const letter = (token: string): string => probeMessage({ address, at: 0, token });
const foreign = 'Subject: foreign\r\nMessage-ID: <f@elsewhere>\r\n\r\n';
const withoutUidplus = 'IMAP4rev1';

function subjects({ mailbox }: ImapServer): string[] {
  return mailbox.messages.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim() ?? '');
}

async function open(server: ImapServer): Promise<ProbeOutcome> {
  server.deliver(anchor);
  server.deliver(foreign);
  server.deliver(letter('old'));
  const attempt = probeImap(server.port, { depth: 'roundtrip', message: accepted('t1') });
  setTimeout(() => server.deliver(letter('t1')), 60);
  return attempt;
}

const rest = ['mailminute anchor - please keep', 'foreign'];

suite('removing messages by IMAP', { concurrency: 8 }, () => {
  for (const capability of ['IMAP4rev1 UIDPLUS', withoutUidplus]) {
    test(`what was asked for is removed, seen or older, and nothing else: ${capability}`, async () => {
      await withServer({ capability }, async (server) => {
        const { result, finish } = await open(server);
        assert.equal(result.vouches, 'roundtrip');
        const gone = await finish?.(['t1', 'old']);
        assert.deepEqual([...(gone ?? [])].sort(), ['old', 't1']);
        assert.deepEqual(subjects(server), rest);
        assert.equal(server.names().at(-1), 'LOGOUT');
      });
    });
  }

  test('finish without tokens removes nothing and logs out', async () => {
    await withServer({}, async (server) => {
      const { finish } = await open(server);
      assert.deepEqual(await finish?.([]), []);
      assert.equal(server.mailbox.messages.length, 4);
      assert.equal(server.names().at(-1), 'LOGOUT');
    });
  });

  test('every copy of a message that was delivered twice is removed', async () => {
    await withServer({}, async (server) => {
      server.deliver(letter('t2'));
      server.deliver(letter('t2'));
      const { finish } = await open(server);
      assert.deepEqual(await finish?.(['t2']), ['t2']);
      assert.equal(subjects(server).includes('mailminute probe t2'), false);
    });
  });

  test('a token of which nothing is there is gone', async () => {
    await withServer({}, async (server) => {
      const { finish } = await open(server);
      assert.deepEqual(await finish?.(['never']), ['never']);
      assert.equal(server.mailbox.messages.length, 4);
    });
  });

  test('without UIDPLUS a message that somebody else has marked is not expunged', async () => {
    await withServer({ capability: withoutUidplus }, async (server) => {
      const { finish } = await open(server);
      server.mailbox.messages[1]?.flags.add('\\Deleted');
      assert.deepEqual(await finish?.(['t1']), []);
      assert.equal(server.mailbox.messages.length, 4);
      assert.equal(server.names().includes('EXPUNGE'), false);
    });
  });

  test('a search that names other messages does not get them removed', async () => {
    const on = answering('UID SEARCH', '* SEARCH 1 2 3 4', 'TAG OK done');
    await withServer({ on, capability: 'IMAP4rev1 UIDPLUS' }, async (server) => {
      server.deliver(letter('far'));
      for (let count = 0; count < 250; count += 1) server.deliver(foreign);
      const { finish } = await open(server);
      assert.deepEqual(await finish?.(['far']), ['far']);
      const left = subjects(server);
      assert.equal(left.includes('mailminute probe far'), false);
      assert.equal(left.filter((subject) => subject === 'foreign').length, 251);
      assert.ok(left.includes('mailminute probe old') && left.includes('mailminute probe t1'));
    });
  });

  test('a read-only mailbox is left as it is', async () => {
    const on: Answering = ({ name, tag, talk }) => {
      if (name !== 'SELECT') return false;
      talk.send(`* ${talk.server.mailbox.messages.length} EXISTS`);
      talk.send('* OK [UIDVALIDITY 77] valid');
      talk.send(`* OK [UIDNEXT ${talk.server.mailbox.uidNext}] next`);
      talk.send(`${tag} OK [READ-ONLY] open`);
      return true;
    };
    await withServer({ on }, async (server) => {
      const { finish } = await open(server);
      assert.deepEqual(await finish?.(['t1', 'old']), []);
      assert.equal(server.mailbox.messages.length, 4);
    });
  });

  test('a refused STORE is no error, and nothing is said to be gone', async () => {
    await withServer({ on: answering('UID STORE', 'TAG NO [NOPERM] no') }, async (server) => {
      const { finish } = await open(server);
      assert.deepEqual(await finish?.(['t1']), []);
    });
  });

  test('a connection that breaks during removal is no error', async () => {
    const on: Answering = ({ name, talk }) => {
      if (name !== 'UID EXPUNGE') return false;
      talk.socket.resetAndDestroy();
      return true;
    };
    await withServer({ on }, async (server) => {
      const { finish } = await open(server);
      assert.deepEqual(await finish?.(['t1']), []);
    });
  });

  test('a server that falls silent during removal holds finish for a few seconds only', async () => {
    const on: Answering = ({ name }) => name === 'UID STORE' || name === 'LOGOUT';
    await withServer({ on }, async (server) => {
      const { finish } = await open(server);
      const begin = performance.now();
      assert.deepEqual(await finish?.(['t1']), []);
      assert.ok(performance.now() - begin < 7000);
    });
  });
});
