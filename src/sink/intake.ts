import type { SMTPServerDataStream } from 'smtp-server';

/** So much of a message's beginning is looked at, bytes: our header, and what relays put before it. */
const headerLimit = 64 * 1024;

/** The beginning of a message: its header by itself, and all that was kept. */
export interface Intake {
  readonly header: string;
  readonly head: Uint8Array;
}

/**
 * Reads a message to its end and keeps its beginning only. A message beyond the limit is read on, for the
 * answer comes after its end, but nothing of it is kept.
 * @throws when the connection ends before the message
 */
export async function takeIn(
  stream: SMTPServerDataStream,
  limit: number,
): Promise<Intake | 'size'> {
  const chunks: Buffer[] = [];
  let kept = 0;
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (kept >= headerLimit || size > limit) continue;
    const part = chunk.subarray(0, headerLimit - kept);
    chunks.push(part);
    kept += part.length;
  }
  if (size > limit) return 'size';
  const head = Buffer.concat(chunks);
  const [header = ''] = head.toString('latin1').split(/\r?\n\r?\n/, 1);
  return { header, head };
}
