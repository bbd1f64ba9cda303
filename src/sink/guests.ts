import type { Socket } from 'node:net';

/** How much one sender, and all together, may ask of the sink at once. */
export interface GuestLimits {
  readonly total: number;
  readonly perAddress: number;
  /** New connections of one address in a minute. */
  readonly perMinute: number;
  /** Of one connection, ms: nothing that is ours takes longer. */
  readonly lifetime: number;
  /** Of one connection, bytes received. */
  readonly bytes: number;
}

export const usualLimits: GuestLimits = {
  total: 64,
  perAddress: 8,
  perMinute: 60,
  lifetime: 120_000,
  bytes: 2 * 1024 * 1024,
};

/** One connection. */
export interface Guest {
  readonly socket: Socket;
  readonly address: string;
  /** Wall ms. */
  readonly connectedAt: number;
  /** Monotonic ms. */
  readonly since: number;
  /** Transactions begun. */
  transactions: number;
}

export type TurnedAway = 'connections' | 'rate';
export type CutOff = 'lifetime' | 'volume';

/** Addresses of which the connections of the last minute are counted. */
const mostAddresses = 10_000;

/**
 * Everybody who is connected. Their number, their time and their bytes are bounded; those who are turned
 * away cost one socket for a moment and no memory.
 */
export function openGuests(limits: GuestLimits) {
  const guests = new Map<string, Guest>();
  /** Connections of the running minute. */
  let recent = new Map<string, number>();
  let minute = -1;

  function turnedAway(address: string, now: number): TurnedAway | null {
    for (const [id, { socket }] of guests) if (socket.destroyed) guests.delete(id);
    if (Math.floor(now / 60_000) !== minute) {
      minute = Math.floor(now / 60_000);
      recent = new Map();
    }
    const count = (recent.get(address) ?? 0) + 1;
    if (recent.size < mostAddresses || recent.has(address)) recent.set(address, count);
    if (count > limits.perMinute) return 'rate';
    const own = [...guests.values()].filter((guest) => guest.address === address).length;
    return guests.size >= limits.total || own >= limits.perAddress ? 'connections' : null;
  }

  return {
    /** Takes a connection in, or says why not. Monotonic ms. */
    admit(id: string, guest: Guest): TurnedAway | null {
      const refusal = turnedAway(guest.address, guest.since);
      if (refusal === null) guests.set(id, guest);
      return refusal;
    },
    get: (id: string): Guest | undefined => guests.get(id),
    leave: (id: string): void => void guests.delete(id),
    /** Cuts off who has stayed too long or sent too much. Monotonic ms. */
    sweep(now: number): CutOff[] {
      const cut: CutOff[] = [];
      for (const [id, { socket, since }] of guests) {
        const late = now - since > limits.lifetime;
        if (!socket.destroyed && !late && socket.bytesRead <= limits.bytes) continue;
        if (!socket.destroyed) cut.push(late ? 'lifetime' : 'volume');
        socket.destroy();
        guests.delete(id);
      }
      return cut;
    },
    get size(): number {
      return guests.size;
    },
    /** Ends every connection. */
    clear(): void {
      for (const { socket } of guests.values()) socket.destroy();
      guests.clear();
    },
  };
}
