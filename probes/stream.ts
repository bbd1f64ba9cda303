import { connect, isIP, type Socket } from 'node:net';
import { Fault, faultOf } from './failure.ts';
import { resolve } from './resolve.ts';
import { secureStream, type TlsObserver, type TlsTarget } from './tls.ts';

export interface StreamTarget extends TlsTarget {
  readonly port: number;
  /** Which address is tried first. */
  readonly turn: number;
}

/** What a dial tells while it happens, so that also a failed one leaves its evidence. */
export interface DialObserver extends TlsObserver {
  /** A request leaves now. */
  mark(): void;
  /** `ip:port` that is being tried. */
  address(text: string): void;
}

/** RFC 8305 §5, Connection Attempt Delay, ms. */
const stagger = 250;

/**
 * Connected, and encrypted if asked for. Phases `dns`, `tcp`, `tls` are told to the observer.
 * @param addressesOf default: the system's names
 * @throws Fault
 */
export async function connectStream(
  target: StreamTarget,
  secure: boolean,
  observer: DialObserver,
  signal: AbortSignal,
  addressesOf: typeof resolve = resolve,
): Promise<Socket> {
  observer.phase('dns');
  const addresses = await addressesOf(target.host, { turn: target.turn, signal });
  signal.throwIfAborted();
  if (addresses.length === 0) throw new Fault('name-not-found', 'the name has no address');
  observer.phase('tcp');
  const socket = await raceTcp(addresses, target.port, observer, signal);
  return secure ? secureStream(socket, target, observer, signal) : socket;
}

function addressText(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A late error of a socket that nobody listens to would end the process. */
function ignore(): void {}

/** The machine's own lack of a way is only the reason when no address gave a better one. */
function worstOf(faults: readonly Fault[]): Fault {
  const answered = faults.find((fault) => fault.reason !== 'no-route');
  return answered ?? faults[0] ?? new Fault('name-not-found', 'the name has no address');
}

/** Tries addresses one after the other, 250 ms apart or as soon as one fails; the first connection wins. */
function raceTcp(
  addresses: readonly string[],
  port: number,
  observer: DialObserver,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolvePromise, reject) => {
    const open = new Set<Socket>();
    const faults: Fault[] = [];
    let next = 0;
    let timer: NodeJS.Timeout | undefined;

    const settle = (winner: Socket | null): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      for (const socket of open)
        if (socket !== winner) socket.removeAllListeners().on('error', ignore).destroy();
      open.clear();
    };
    const onAbort = (): void => {
      settle(null);
      reject(signal.reason);
    };
    const lost = (socket: Socket, error: Error): void => {
      faults.push(faultOf(error));
      open.delete(socket);
      socket.destroy();
      if (next < addresses.length) start();
      else if (open.size === 0) {
        settle(null);
        reject(worstOf(faults));
      }
    };
    const won = (socket: Socket, text: string): void => {
      observer.address(text);
      socket.removeAllListeners().on('error', ignore);
      settle(socket);
      resolvePromise(socket);
    };
    const start = (): void => {
      clearTimeout(timer);
      const address = addresses[next];
      if (address === undefined) return;
      next += 1;
      const text = addressText(address, port);
      observer.address(text);
      const socket = connect({ host: address, port, noDelay: true, autoSelectFamily: false });
      open.add(socket);
      socket.once('error', (error) => lost(socket, error)).on('error', ignore);
      socket.once('connect', () => won(socket, text));
      if (next < addresses.length) timer = setTimeout(start, stagger);
    };

    signal.addEventListener('abort', onAbort, { once: true });
    start();
  });
}
