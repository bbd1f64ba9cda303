import assert from 'node:assert/strict';
import { test } from 'node:test';
import { protocols } from '../../src/domain/protocol.ts';
import { goodServers, requestStarts, roundTrip } from '../support/good-servers.ts';
import { mute } from '../support/hostile.ts';
import { spoiler, together } from '../support/spoiler.ts';

/** A sequence of numbers in [0, 1) that is the same for the same seed (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const oddities = [
  '\r\n',
  '\n',
  '\0',
  '((((((((((((((((((((((((((((((',
  '"',
  '{999999999999}\r\n',
  '{0}\r\n',
  '[',
  '\u00ff\u00fe',
  '+ \r\n',
  '* BYE\r\n',
  '.\r\n',
  '-ERR [SYS/TEMP] x\r\n',
  '421 4.7.0 later\r\n',
  '99999999999999999999',
  'Set-Cookie: a=\u00e9; Path=/\r\n',
  '%u0000\ud83d',
].map((text) => Buffer.from(text, 'utf8'));

/** What a server says, with one thing wrong: a byte, a piece missing, doubled, or out of place. */
function distorted(chunk: Buffer, random: () => number): Buffer {
  if (random() < 0.6) return chunk;
  const at = Math.floor(random() * chunk.length);
  const to = at + Math.floor(random() * (chunk.length - at));
  const [head, piece, tail] = [chunk.subarray(0, at), chunk.subarray(at, to), chunk.subarray(to)];
  const oddity = oddities[Math.floor(random() * oddities.length)] ?? piece;
  const kinds = [
    () => [head, Buffer.of(Math.floor(random() * 256)), chunk.subarray(at + 1)],
    () => [head, tail],
    () => [head, piece, piece, tail],
    () => [head, oddity, piece, tail],
    () => [head, oddity, tail],
    () => [piece, head, tail],
  ];
  return Buffer.concat(kinds[Math.floor(random() * kinds.length)]?.() ?? [chunk]);
}

for (const protocol of protocols) {
  test(`${protocol}: 150 distorted dialogues end by the deadline, and none is called a fault of our own`, async () => {
    const seeds = Array.from({ length: 150 }, (_, index) => index + 1);
    let failed = 0;
    await together(15, seeds, async (seed) => {
      const server = await goodServers[protocol]();
      const random = sequence(seed);
      const request = requestStarts[protocol];
      const front = await spoiler({
        behind: server.port,
        spoil: () => ({ from: Number.POSITIVE_INFINITY, act: mute }),
        distort: (chunk) => distorted(chunk, random),
        ...(request === undefined ? {} : { request }),
      });
      try {
        const result = await roundTrip(protocol, front.port, { secure: false, deadline: 700 });
        if (result.failure !== null) failed += 1;
        const told = `seed ${seed}: ${JSON.stringify(result.failure)}\n${result.transcript}`;
        assert.notEqual(result.failure?.reason, 'internal-error', told);
        assert.ok(result.monotonicEnd - result.monotonicStart < 4_000_000, told);
      } finally {
        await front.close();
        await server.close();
      }
    });
    assert.ok(failed > 20, `only ${failed} dialogues were distorted enough to fail`);
  });
}
