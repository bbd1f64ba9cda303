import type { SMTPServerDataStream } from 'smtp-server';

/** So much of a message's beginning is looked at, bytes: our header, and what relays put before it. */
const headerLimit = 64 * 1024;

export type Intake = { readonly header: string } | 'size';

/**
 * Reads a message to its end and keeps its header only. A message beyond the limit is read on, for the
 * answer comes after its end, but nothing of it is kept.
 * @throws when the connection ends before the message
 */
export async function takeIn(stream: SMTPServerDataStream, limit: number): Promise<Intake> {
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
  const text = Buffer.concat(chunks).toString('latin1');
  const [header = ''] = text.split(/\r?\n\r?\n/, 1);
  return { header };
}
