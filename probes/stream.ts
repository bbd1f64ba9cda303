import { isIP, connect as netConnect, type Socket } from 'node:net';
import {
  createSecureContext,
  type SecureContext,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import type { Phase } from '../src/domain/protocol.ts';
import { certificateFault, Fault, faultOf } from './failure.ts';
import { resolve } from './resolve.ts';

export interface StreamTarget {
  readonly host: string;
  readonly port: number;
  /** PEM text of the authorities to trust instead of the system's; null for the system's. */
  readonly ca: string | null;
  /** Name for SNI and certificate check; null for `host`. */
  readonly servername: string | null;
  /** False: whatever certificate there is will do (opportunistic TLS, RFC 7435). */
  readonly verify?: boolean;
  /** Which address is tried first. */
  readonly turn: number;
}

/** What a dial tells while it happens, so that also a failed one leaves its evidence. */
export interface DialObserver {
  phase(name: Phase): void;
  /** A request leaves now. */
  mark(): void;
  /** `ip:port` that is being tried. */
  address(text: string): void;
  /** After the handshake, and before the certificate is judged; wall ms of notAfter. */
  tls(version: string | null, certificateNotAfter: number | null): void;
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
      const socket = netConnect({ host: address, port, noDelay: true, autoSelectFamily: false });
      open.add(socket);
      socket.once('error', (error) => lost(socket, error)).on('error', ignore);
      socket.once('connect', () => won(socket, text));
      if (next < addresses.length) timer = setTimeout(start, stagger);
    };

    signal.addEventListener('abort', onAbort, { once: true });
    start();
  });
}

/**
 * TLS over a connected socket, verified against `servername ?? host`; at least TLS 1.2. No SNI for an IP
 * (RFC 6066 §3). Takes the socket over and destroys it on every failure. @throws Fault
 */
export function secureStream(
  socket: Socket,
  target: StreamTarget,
  observer: DialObserver,
  signal: AbortSignal,
): Promise<TLSSocket> {
  observer.phase('tls');
  const name = target.servername ?? target.host;
  return new Promise((resolvePromise, reject) => {
    const secured = tlsConnect({
      socket,
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      secureContext: contextOf(target.ca),
      // Judged below, before a byte is sent: so that a bad certificate's date is kept as evidence.
      rejectUnauthorized: false,
    });
    secured.on('error', ignore);
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      secured.off('error', onError).off('close', onClose).off('secureConnect', onSecure);
    };
    const refuse = (fault: unknown): void => {
      settle();
      secured.destroy();
      socket.destroy();
      reject(fault);
    };
    const onAbort = (): void => refuse(signal.reason);
    const onError = (error: Error): void => refuse(handshakeFault(error));
    const onClose = (): void => refuse(closedInHandshake());
    const onSecure = (): void => {
      const notAfter = secured.getPeerX509Certificate()?.validToDate.getTime() ?? null;
      observer.tls(secured.getProtocol(), notAfter);
      if (!secured.authorized && target.verify !== false) {
        refuse(certificateFault(String(secured.authorizationError)));
        return;
      }
      settle();
      resolvePromise(secured);
    };
    secured.once('error', onError).once('close', onClose).once('secureConnect', onSecure);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function closedInHandshake(): Fault {
  return new Fault(
    'connection-closed',
    'the server closed the connection during the TLS handshake',
  );
}

function handshakeFault(error: Error): Fault {
  // Node reports an orderly end within the handshake with the code of a reset.
  if (error.message.startsWith('Client network socket disconnected')) return closedInHandshake();
  const fault = faultOf(error);
  if (fault.reason !== 'internal-error') return fault;
  return new Fault('tls-failed', fault.message, { code: fault.code });
}

const mostContexts = 100;
const contexts = new Map<string | null, SecureContext>();

/** Trusted authorities are read once and not at every connection; no session is resumed by that. */
function contextOf(ca: string | null): SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  if (contexts.size >= mostContexts) contexts.clear();
  const context = createSecureContext({ ...(ca === null ? {} : { ca }), minVersion: 'TLSv1.2' });
  contexts.set(ca, context);
  return context;
}
