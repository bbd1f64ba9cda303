import type { Reason } from '../../../src/domain/reason.ts';
import { Fault } from '../../failure.ts';

/** Chromium's own names of network errors (net/base/net_error_list.h). */
const reasonOf: Readonly<Record<string, Reason>> = {
  ERR_NAME_NOT_RESOLVED: 'name-not-found',
  ERR_DNS_TIMED_OUT: 'dns-failed',
  ERR_DNS_SERVER_FAILED: 'dns-failed',
  ERR_ADDRESS_UNREACHABLE: 'no-route',
  ERR_INTERNET_DISCONNECTED: 'no-route',
  ERR_NETWORK_CHANGED: 'no-route',
  ERR_NETWORK_ACCESS_DENIED: 'no-route',
  ERR_CONNECTION_REFUSED: 'connection-refused',
  ERR_CONNECTION_RESET: 'connection-reset',
  ERR_CONNECTION_ABORTED: 'connection-reset',
  ERR_CONNECTION_CLOSED: 'connection-closed',
  ERR_EMPTY_RESPONSE: 'connection-closed',
  ERR_CONTENT_LENGTH_MISMATCH: 'connection-closed',
  ERR_INCOMPLETE_CHUNKED_ENCODING: 'connection-closed',
  ERR_INVALID_HTTP_RESPONSE: 'protocol-error',
  ERR_RESPONSE_HEADERS_TOO_BIG: 'protocol-error',
  ERR_HTTP2_PROTOCOL_ERROR: 'protocol-error',
  ERR_TOO_MANY_REDIRECTS: 'content-mismatch',
  ERR_CERT_DATE_INVALID: 'certificate-expired',
};

/** A network error by its name; null for one that tells nothing of the server. */
export function netFault(code: string): Fault | null {
  const known = reasonOf[code];
  if (known !== undefined) return new Fault(known, `the browser says ${code}`, { code });
  // The same silence that the attempt's deadline would have ended.
  if (code === 'ERR_TIMED_OUT' || code === 'ERR_CONNECTION_TIMED_OUT')
    return new Fault('timeout', `the browser says ${code}`, { code, kind: 'silence' });
  if (code.startsWith('ERR_CERT_'))
    return new Fault('certificate-invalid', `the browser says ${code}`, { code });
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return new Fault('tls-failed', `the browser says ${code}`, { code });
  return null;
}

/** Translates whatever the browser's driver threw. */
export function browserFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = /\bnet::(ERR_[A-Z0-9_]{1,60})/.exec(message)?.[1];
  const known = code === undefined ? null : netFault(code);
  if (known !== null) return known;
  if (/has been closed|has crashed|Target crashed|disconnected/i.test(message))
    return new Fault('internal-error', 'the browser has ended');
  return new Fault('internal-error', `the browser: ${message.split('\n')[0] ?? ''}`, {
    code: code ?? null,
  });
}
