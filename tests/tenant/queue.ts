import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Layout } from './layout.ts';

const run = promisify(execFile);

/** One message in Postfix's queue. */
export interface QueuedMessage {
  readonly id: string;
  readonly queue: 'incoming' | 'active' | 'deferred' | 'hold' | 'maildrop';
  /** Wall ms. */
  readonly arrivedAt: number;
  readonly sender: string;
  readonly recipients: readonly string[];
}

interface QueueLine {
  readonly queue_id: string;
  readonly queue_name: QueuedMessage['queue'];
  readonly arrival_time: number;
  readonly sender: string;
  readonly recipients: readonly { readonly address: string }[];
}

/** What is in the queue now. Needs a running Postfix. */
export async function readQueue(layout: Layout): Promise<QueuedMessage[]> {
  const { stdout } = await run('postqueue', ['-c', layout.postfix.config, '-j'], {
    timeout: 20_000,
    maxBuffer: 64 << 20,
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const entry = JSON.parse(line) as QueueLine;
    return {
      id: entry.queue_id,
      queue: entry.queue_name,
      arrivedAt: entry.arrival_time * 1000,
      sender: entry.sender,
      recipients: entry.recipients.map(({ address }) => address),
    };
  });
}

/** Puts a queued message (or `ALL`) on hold, releases it, or deletes it. */
export async function superviseQueue(
  layout: Layout,
  action: 'hold' | 'release' | 'delete',
  id: string,
): Promise<void> {
  const flag = { hold: '-h', release: '-H', delete: '-d' }[action];
  await run('postsuper', ['-c', layout.postfix.config, flag, id], { timeout: 20_000 });
}

/** Asks for a delivery attempt of everything deferred, now. */
export async function flushQueue(layout: Layout): Promise<void> {
  await run('postqueue', ['-c', layout.postfix.config, '-f'], { timeout: 20_000 });
}
