import { isDeepStrictEqual } from 'node:util';
import { type ArrivalPorts, sinkArrivals } from './arrivals.ts';
import type { Sink } from './domain/route.ts';
import { describe, type Logger } from './log.ts';
import type { RunningSink } from './sink/server.ts';

export interface MailSinkPorts extends ArrivalPorts {
  readonly logger: Logger;
}

/** Our own MX as the configuration has it now, or none. Nothing listens before `apply`. */
export function createMailSink({ logger, ...ports }: MailSinkPorts) {
  const { metrics } = ports;
  const arrivals = sinkArrivals(ports);
  let running: { readonly sink: Sink; readonly server: RunningSink } | null = null;
  let begun = false;

  async function open(sink: Sink): Promise<void> {
    // Most have none, and need not hold a mail server in memory.
    const { startSink } = await import('./sink/server.ts');
    const server = await startSink(sink, {
      clock: ports.clock,
      expects: arrivals.expects,
      take: arrivals.take,
      connected: () => metrics.own.sinkConnected(),
      refused(reason) {
        metrics.own.sinkRefused(reason);
        if (reason === 'connections' || reason === 'rate') arrivals.missed();
      },
      certificateFault: (error) =>
        logger.error({ fault: describe(error) }, 'the sink’s new certificate cannot be used'),
    });
    running = { sink, server };
    arrivals.missed();
    if (!begun) metrics.own.beginSink();
    begun = true;
  }

  async function close(): Promise<void> {
    const server = running?.server;
    running = null;
    await server?.close();
  }

  return {
    ...arrivals,
    /**
     * From now on the sink is this one; the same one notices nothing.
     * @throws Error with the remedy when it cannot be had; then the one before is there as it was
     */
    async apply(next: Sink | null): Promise<void> {
      const before = running?.sink ?? null;
      if (isDeepStrictEqual(before, next)) return;
      // Both may want the same port.
      await close();
      try {
        if (next !== null) await open(next);
      } catch (error) {
        if (before !== null) await open(before);
        throw error;
      }
    },
    isOpen: (): boolean => running !== null,
    port: (): number | null => running?.server.port ?? null,
    close,
  };
}
export type MailSink = ReturnType<typeof createMailSink>;
