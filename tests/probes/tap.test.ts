import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { type Framing, Tap } from '../../probes/attempt/tap.ts';
import { Fault } from '../../probes/failure.ts';
import { imapFraming } from '../../probes/imap/framing.ts';
import { maskOf } from '../../probes/mask.ts';
import { popFraming } from '../../probes/pop/framing.ts';
import { smtpFraming } from '../../probes/smtp/framing.ts';
import { Transcript } from '../../probes/transcript.ts';
import * as act from '../support/hostile.ts';

interface Setting {
  readonly framing?: () => Framing;
  readonly budget?: number;
}

interface Held {
  readonly tap: Tap;
  readonly abort: AbortController;
  readonly transcript: Transcript;
}

async function withTap(
  greeting: act.Act,
  use: (held: Held) => Promise<void>,
  { framing = smtpFraming, budget = 16 * 1024 * 1024 }: Setting = {},
): Promise<void> {
  const server = await act.hostile({ greeting, answer: (line) => act.say(`250 ${line}\r\n`) });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const abort = new AbortController();
  const transcript = new Transcript(maskOf('secret'));
  const tap = new Tap(socket, {
    framing: framing(),
    transcript,
    signal: abort.signal,
    budget: { left: budget },
    mark: () => undefined,
    now: Date.now,
  });
  try {
    await use({ tap, abort, transcript });
  } finally {
    tap.destroy();
    await server.close();
  }
}

function faultWith(reason: string) {
  return (error: unknown) => error instanceof Fault && error.reason === reason;
}

test('a reply that comes byte by byte is one reply', async () => {
  await withTap(act.drip('220-a\r\n220 b\r\n', 1, 2), async ({ tap }) => {
    assert.deepEqual(await tap.reply(), ['220-a', '220 b']);
  });
});

test('what follows a reply is unread, also where it answers nothing', async () => {
  await withTap(
    act.say('* OK hello\r\nx9 OK fine\r\n'),
    async ({ tap }) => {
      await tap.reply();
      assert.equal(tap.unread, 'x9 OK fine\r\n'.length);
    },
    { framing: imapFraming },
  );
});

test('what was received is read before the end is told', async () => {
  await withTap(act.lastWords('421 full\r\n'), async ({ tap }) => {
    while (tap.alive) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(await tap.reply(), ['421 full']);
    await assert.rejects(tap.reply(), faultWith('connection-closed'));
  });
});

test('half a line at the end is told in the transcript, and is no reply', async () => {
  await withTap(act.lastWords('421 ful'), async ({ tap, transcript }) => {
    await assert.rejects(tap.reply(), faultWith('connection-closed'));
    assert.equal(`${transcript}`, '< 421 ful');
  });
});

test('a reset is a reset', async () => {
  await withTap(act.later(20, act.reset), async ({ tap }) => {
    await assert.rejects(tap.reply(), faultWith('connection-reset'));
  });
});

test('a line without end is a protocol-error, and memory does not grow with it', async () => {
  await withTap(act.endlessLine, async ({ tap }) => {
    await assert.rejects(tap.reply(), faultWith('protocol-error'));
  });
});

test('more than a connection may receive is a protocol-error', async () => {
  await withTap(
    act.endless('', '220 x\r\n'),
    async ({ tap }) => {
      await assert.rejects(async () => {
        for (let read = 0; read < 1000; read += 1) await tap.reply();
      }, faultWith('protocol-error'));
    },
    { budget: 2000 },
  );
});

test('an abort ends a reply that is waited for, with its reason', async () => {
  await withTap(act.mute, async ({ tap, abort }) => {
    setTimeout(() => abort.abort(new Fault('timeout', 'over')), 20);
    await assert.rejects(tap.reply(), faultWith('timeout'));
    assert.equal(tap.alive, false);
  });
});

test('an abort ends a library that never settles', async () => {
  await withTap(act.mute, async ({ tap, abort }) => {
    setTimeout(() => abort.abort(new Fault('timeout', 'over')), 20);
    await assert.rejects(tap.until(new Promise(() => undefined)), faultWith('timeout'));
  });
});

test('a library reads the greeting that it is given, and then each reply whole', async () => {
  await withTap(act.mute, async ({ tap }) => {
    const read: string[] = [];
    tap.on('data', (piece: Buffer) => read.push(piece.toString()));
    tap.adopt('220 ready\r\n');
    tap.write('NOOP\r\n');
    while (read.length < 2) await once(tap, 'data');
    assert.deepEqual(read, ['220 ready\r\n', '250 NOOP\r\n']);
    assert.deepEqual(tap.answer, ['250 NOOP']);
  });
});

test('what a library writes in one go leaves in one segment', async () => {
  const chunks: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (chunk) => chunks.push(chunk.toString()));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const socket = connect(address.port, '127.0.0.1');
  await once(socket, 'connect');
  const tap = new Tap(socket, {
    framing: smtpFraming(),
    transcript: new Transcript(maskOf('')),
    signal: new AbortController().signal,
    budget: { left: 1000 },
    mark: () => undefined,
    now: Date.now,
  });
  tap.write('MAIL FROM:<a@b>\r\n');
  tap.write('RCPT TO:<a@b>\r\n');
  while (chunks.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(chunks, ['MAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\n']);
  tap.destroy();
  server.close();
});

test('quiet keeps listings out of the transcript, and nothing else', async () => {
  await withTap(
    act.mute,
    async ({ tap, transcript }) => {
      tap.quiet = true;
      tap.say('TOP 1 0\r\n');
      await assert.rejects(tap.reply(), faultWith('protocol-error'));
      assert.equal(`${transcript}`, '> TOP 1 0\n< 250 TOP 1 0');
    },
    { framing: popFraming },
  );
});

test('a farewell waits for no answer for longer than it may', async () => {
  await withTap(act.mute, async ({ tap }) => {
    await tap.farewell('QUIT\r\n', 50);
    assert.equal(tap.destroyed, true);
    assert.equal(tap.alive, false);
  });
});

test('a socket that is given away is quiet, and the tap is dead', async () => {
  await withTap(act.say('220 hi\r\n'), async ({ tap }) => {
    await tap.reply();
    const socket = tap.detach();
    assert.equal(tap.alive, false);
    await assert.rejects(tap.reply(), faultWith('internal-error'));
    socket.destroy();
  });
});
