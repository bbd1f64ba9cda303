import { Fault, faultOf } from '../failure.ts';

/** Errors of the HTTP client; those of the network and of TLS come through it unchanged. */
const reasonOfCode = {
  // The response ended before its announced length, or within a chunk.
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection-closed',
  UND_ERR_SOCKET: 'connection-closed',
  UND_ERR_HEADERS_OVERFLOW: 'protocol-error',
  UND_ERR_RESPONSE: 'protocol-error',
} as const;

/** Translates whatever a request threw, once, at the probe's edge. */
export function httpFault(error: unknown): Fault {
  if (error instanceof Fault || !(error instanceof Error) || !('code' in error)) {
    return faultOf(error);
  }
  const code = typeof error.code === 'string' ? error.code : '';
  // A "bad response" or "bad upgrade" is a 100 or a 101 that nobody asked for.
  if (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad ')) {
    return new Fault('protocol-error', error.message);
  }
  const known = Object.entries(reasonOfCode).find(([name]) => name === code)?.[1];
  if (known === 'connection-closed') {
    return closed();
  }
  if (known !== undefined || error.name === 'HTTPParserError') {
    // Within a chunk the end is the parser's to notice.
    if (/\bEOF\b/.test(error.message)) return closed();
    return new Fault('protocol-error', `not HTTP/1.1, or beyond its limits: ${error.message}`);
  }
  return faultOf(error);
}

function closed(): Fault {
  return new Fault('connection-closed', 'the server closed the connection where a page was due');
}
