import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Fault } from '../../probes/failure.ts';
import { maskOf } from '../../probes/mask.ts';
import { Transcript } from '../../probes/transcript.ts';
import { Wire } from '../../probes/wire.ts';
import * as act from '../support/hostile.ts';

interface Setting {
  readonly lineLimit?: number;
  readonly budget?: number;
}

async function withWire(
  greeting: act.Act,
  use: (wire: Wire, abort: AbortController, transcript: Transcript) => Promise<void>,
  setting: Setting = {},
): Promise<void> {
  const server = await act.hostile({ greeting, answer: (line) => act.say(`echo ${line}\r\n`) });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const abort = new AbortController();
  const transcript = new Transcript(maskOf(''));
  const wire = new Wire(socket, {
    transcript,
    signal: abort.signal,
    budget: { left: setting.budget ?? 16 * 1024 * 1024 },
    mark: () => {},
    ...(setting.lineLimit === undefined ? {} : { lineLimit: setting.lineLimit }),
  });
  try {
    await use(wire, abort, transcript);
  } finally {
    wire.destroy();
    await server.close();
  }
}

function faultWith(reason: string) {
  return (error: unknown) => error instanceof Fault && error.reason === reason;
}

test('lines end with CRLF or LF, and bytes are counted exactly', async () => {
  const greeting = act.say('one\r\ntwo\n{5}\r\nab\r\nc tail\r\n');
  await withWire(greeting, async (wire) => {
    assert.equal(await wire.readLine(), 'one');
    assert.equal(await wire.readLine(), 'two');
    assert.equal(await wire.readLine(), '{5}');
    assert.equal((await wire.readBytes(5)).toString(), 'ab\r\nc');
    assert.equal(await wire.readLine(), ' tail');
  });
});

test('a line that comes byte by byte is one line', async () => {
  await withWire(act.drip('dripped\r\n', 1, 2), async (wire) => {
    assert.equal(await wire.readLine(), 'dripped');
  });
});

test('a literal larger than what is read ahead still comes', async () => {
  const size = 2 * 1024 * 1024;
  await withWire(act.say(`${'y'.repeat(size)}end\r\n`), async (wire) => {
    assert.equal((await wire.readBytes(size)).length, size);
    assert.equal(await wire.readLine(), 'end');
  });
});

test('an endless line is a protocol-error', async () => {
  await withWire(act.endlessLine, async (wire) => {
    await assert.rejects(wire.readLine(), faultWith('protocol-error'));
  });
});

test('a server that talks on while nobody reads is held back by TCP', async () => {
  await withWire(act.endless('', 'noise\r\n'), async (wire) => {
    await new Promise((done) => setTimeout(done, 150));
    assert.ok(wire.unread < 1024 * 1024, `${wire.unread} bytes are held`);
    assert.equal(await wire.readLine(), 'noise');
  });
});

test('more than the budget is a protocol-error', async () => {
  const reading = async (wire: Wire): Promise<void> => {
    for (let line = 0; line < 100_000; line += 1) await wire.readLine({ quiet: true });
  };
  const use = (wire: Wire) => assert.rejects(reading(wire), faultWith('protocol-error'));
  await withWire(act.endless('', 'noise\r\n'), use, { budget: 100_000 });
});

test('what was said before the end is read, then the end is reported', async () => {
  await withWire(act.lastWords('421 bye\r\n'), async (wire) => {
    await new Promise((done) => setTimeout(done, 30));
    wire.write('too late\r\n');
    assert.equal(await wire.readLine(), '421 bye');
    await assert.rejects(wire.readLine(), faultWith('connection-closed'));
  });
});

test('a reset wakes the reader', async () => {
  await withWire(act.later(20, act.reset), async (wire) => {
    await assert.rejects(wire.readLine(), faultWith('connection-reset'));
    assert.equal(wire.alive, false);
  });
});

test('an abort wakes the reader with its own reason', async () => {
  await withWire(act.mute, async (wire, abort) => {
    setTimeout(() => abort.abort(new Fault('timeout', 'late')), 10);
    await assert.rejects(wire.readLine(), faultWith('timeout'));
  });
});

test('two readers at once are a bug that shows', async () => {
  await withWire(act.mute, async (wire) => {
    const first = wire.readLine();
    await assert.rejects(wire.readLine(), /two readers/);
    wire.destroy();
    await assert.rejects(first, faultWith('connection-closed'));
  });
});

test('waiting for a line takes nothing, and ends by itself', async () => {
  await withWire(act.mute, async (wire) => {
    assert.equal(await wire.lineReady(15), false);
    wire.write('hello\r\n');
    assert.equal(await wire.lineReady(2000), true);
    assert.equal(await wire.readLine(), 'echo hello');
  });
});

test('the transcript shows the redacted text instead of what was sent', async () => {
  await withWire(act.mute, async (wire, _abort, transcript) => {
    wire.write('PASS hidden\r\n', 'PASS [masked]');
    assert.equal(await wire.readLine({ quiet: true }), 'echo PASS hidden');
    assert.equal(transcript.toString(), '> PASS [masked]');
  });
});

test('a farewell to a mute server ends', async () => {
  await withWire(act.mute, async (wire) => {
    await wire.farewell('QUIT\r\n', 20);
    assert.equal(wire.alive, false);
  });
});
