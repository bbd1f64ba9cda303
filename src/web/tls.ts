import type { X509Certificate } from 'node:crypto';
import type { ServerOptions } from 'node:https';
import { isIP } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import type { TlsAccess } from '../domain/access.ts';

/** Their use cannot be configured, in Go neither; left out of the list, OpenSSL would not offer them. */
const suitesOfTls13 = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
];

/** What can be exchanged while the server runs. */
export function contextOf(tls: TlsAccess): SecureContextOptions {
  const { ciphers, curves, clientAuthorities } = tls;
  return {
    cert: tls.certificate,
    key: tls.key.reveal(),
    minVersion: tls.least,
    maxVersion: tls.most,
    honorCipherOrder: tls.serverPrefers,
    ...(clientAuthorities !== null && { ca: clientAuthorities }),
    ...(curves !== null && { ecdhCurve: curves.join(':') }),
    ...(ciphers !== null && { ciphers: [...new Set([...suitesOfTls13, ...ciphers])].join(':') }),
  };
}

/** What is fixed when the server is made. */
export function serverOptionsOf(tls: TlsAccess): ServerOptions {
  return {
    ...contextOf(tls),
    requestCert: tls.clientAuth !== 'NoClientCert',
    // The others are looked at after the handshake: `isWelcome`.
    rejectUnauthorized: tls.clientAuth === 'RequireAndVerifyClientCert',
    handshakeTimeout: 10_000,
  };
}

/** Whether the client has shown the certificate that it must have. */
export function isWelcome(socket: TLSSocket, { clientAuth, clientNames }: TlsAccess): boolean {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined)
    return !clientAuth.startsWith('Require') && clientNames.length === 0;
  if (clientAuth.includes('Verify') && !socket.authorized) return false;
  return clientNames.length === 0 || clientNames.some((name) => hasName(certificate, name));
}

/**
 * Node writes `DNS:a.example, URI:spiffe://a`. It quotes a name with a comma or a quote in it, and a text
 * with such a name is not taken apart: what is inside could be made to look like another name.
 */
function hasName(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  const text = certificate.subjectAltName ?? '';
  if (text.includes('"')) return false;
  return text.split(', ').some((one) => one.replace(/^(DNS|URI|email):/, '') === name);
}
