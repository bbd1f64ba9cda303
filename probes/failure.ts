import type { Reason } from '../src/domain/reason.ts';
import type { FailureKind } from '../src/domain/result.ts';

export interface FaultDetail {
  /** The server's or system's own code; null if there is none. */
  readonly code?: string | null;
  /** Default: `refusal`, except `timeout`, which is a `silence`. */
  readonly kind?: FailureKind;
}

/** The one error that a dialogue ends with. Its text may hold server words: mask before storing. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly reason: Reason;
  readonly code: string | null;
  readonly kind: FailureKind;

  constructor(reason: Reason, message: string, detail: FaultDetail = {}) {
    super(message);
    this.reason = reason;
    this.code = detail.code ?? null;
    this.kind = detail.kind ?? (reason === 'timeout' ? 'silence' : 'refusal');
  }
}

const reasonOfCode: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  ECONNABORTED: 'connection-reset',
  EPIPE: 'connection-reset',
  ETIMEDOUT: 'timeout',
  ENETUNREACH: 'no-route',
  EHOSTUNREACH: 'no-route',
  ENETDOWN: 'no-route',
  EHOSTDOWN: 'no-route',
  EADDRNOTAVAIL: 'no-route',
  EAFNOSUPPORT: 'no-route',
  // A local packet filter answers connect() with these: nothing has left the machine.
  EACCES: 'no-route',
  EPERM: 'no-route',
  EMFILE: 'internal-error',
  ENFILE: 'internal-error',
  CERT_HAS_EXPIRED: 'certificate-expired',
  EPROTO: 'tls-failed',
};

/** OpenSSL's verification results as Node names them, but expiry. */
const certificateCodes = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'ERROR_IN_CERT_NOT_AFTER_FIELD',
  'ERROR_IN_CERT_NOT_BEFORE_FIELD',
]);

function reasonOf(code: string): Reason | null {
  const known = reasonOfCode[code];
  if (known !== undefined) return known;
  if (certificateCodes.has(code)) return 'certificate-invalid';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls-failed';
  return null;
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/**
 * Translates whatever was thrown. A `Fault` stays what it is, an error of Node's network or TLS layer
 * becomes its reason, an abort without a reason of its own is a timeout, all else is a bug of ours.
 */
export function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code !== null) {
    const reason = reasonOf(code);
    if (reason !== null) return new Fault(reason, message, { code });
  }
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
    return new Fault('timeout', 'no answer by the deadline');
  }
  return new Fault('internal-error', message, { code });
}

/** What a verification result (`tlsSocket.authorizationError`) means. */
export function certificateFault(code: string): Fault {
  if (code === 'CERT_HAS_EXPIRED') {
    return new Fault('certificate-expired', 'the certificate has expired', { code });
  }
  return new Fault('certificate-invalid', `the certificate does not verify: ${code}`, { code });
}
