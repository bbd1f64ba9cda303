import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { Phase } from '../src/domain/protocol.ts';
import { certificateFault, Fault, faultOf } from './failure.ts';

export interface TlsTarget {
  readonly host: string;
  /** PEM text of the authorities to trust instead of the system's; null for the system's. */
  readonly ca: string | null;
  /** Name for SNI and certificate check; null for `host`. */
  readonly servername: string | null;
  /** False: whatever certificate there is will do (opportunistic TLS, RFC 7435). */
  readonly verify?: boolean;
}

/** What a handshake tells while it happens, so that also a failed one leaves its evidence. */
export interface TlsObserver {
  phase(name: Phase): void;
  /** After the handshake, and before the certificate is judged; wall ms of notAfter. */
  tls(version: string | null, certificateNotAfter: number | null): void;
}

/**
 * TLS over a connected socket, verified against `servername ?? host`; at least TLS 1.2. No SNI for an IP
 * (RFC 6066 §3). Takes the socket over and destroys it on every failure. @throws Fault
 */
export function secureStream(
  socket: Socket,
  target: TlsTarget,
  observer: TlsObserver,
  signal: AbortSignal,
): Promise<TLSSocket> {
  observer.phase('tls');
  const name = target.servername ?? target.host;
  return new Promise((resolvePromise, reject) => {
    const secured = connect({
      socket,
      host: name,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      secureContext: contextOf(target.ca),
      // Judged below, before a byte is sent: so that a bad certificate's date is kept as evidence.
      rejectUnauthorized: false,
    });
    // A late error of a socket that nobody listens to would end the process.
    secured.on('error', () => {});
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
