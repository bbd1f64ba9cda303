import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { CookieJar } from 'tough-cookie';
import { Fault } from '../failure.ts';
import { bodyLimit, readBody, textOf } from './body.ts';

export interface PageRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Null for none. */
  readonly body: string | null;
}

/** What a request ended in, after redirects. */
export interface FetchedPage {
  readonly url: URL;
  readonly status: number;
  /** Decoded by the page's own charset, at most `bodyLimit` bytes long. */
  readonly body: string;
  /** Wall ms at which the last request of the chain was sent: the page is not older than that. */
  readonly sentAt: number;
}

/** What an observer is told about, for the transcript and the phases. */
export interface Watch {
  sent(request: PageRequest): void;
  /** Status and headers of a response are here; its body may not be. */
  headers(status: number, length: string | null): void;
}

export interface HttpClient {
  /** One page, redirects followed. @throws Fault, or what the transport throws. */
  open(request: PageRequest, watch: Watch, signal: AbortSignal): Promise<FetchedPage>;
  /** Drops connection and cookies. Never throws. */
  close(): Promise<void>;
}

const part = createRequire(import.meta.url);
/** One connection's client by itself (undici 7.30.2): fetch, caches and mocks would be 7 MiB that nothing uses. */
const Client: typeof import('undici').Client = part('undici/lib/dispatcher/client.js');
// What the package's own index gives it.
Client.prototype.request = part('undici/lib/api/api-request.js');

const redirectLimit = 5;
const headerLimit = 32 * 1024;
/** Bytes that one connection may receive: pages are bounded by themselves, but not what is no page. */
const receiveLimit = 32 * 1024 * 1024;
const receivedCheck = 100; // ms
const redirects = [301, 302, 303, 307, 308];

/**
 * The smallest client that a login needs: one connection, cookies, redirects within one origin.
 * @param connect gives a connected (for https: TLS) socket; called again if the server closes it.
 */
export function openHttpClient(
  origin: URL,
  connect: () => Promise<Socket>,
  clock: { now(): number },
): HttpClient {
  let connections = 0;
  /** The error of the newest socket: undici takes a reset for the end of a body without a length. */
  let broken: Error | null = null;
  const client = new Client(origin.origin, {
    connect: (_, done) => {
      connections++;
      connect().then(
        (socket) => {
          broken = null;
          boundReceived(socket);
          socket.on('error', (error) => {
            // undici ends a connection that is not kept with an error of its own.
            if (!codeOf(error).startsWith('UND_ERR_')) broken = error;
          });
          done(null, socket);
        },
        (error: unknown) => done(error instanceof Error ? error : new Error('no socket'), null),
      );
    },
    // One deadline for the whole attempt: a server that drips bytes would reset any timer in here.
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 30_000,
    maxHeaderSize: headerLimit,
    pipelining: 1,
    allowH2: false,
  });
  const jar = new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false });

  async function exchange(request: PageRequest, signal: AbortSignal) {
    const cookie = jar.getCookieStringSync(request.url.href);
    const response = await client.request({
      method: request.method,
      path: request.url.pathname + request.url.search,
      headers: { ...request.headers, ...(cookie === '' ? {} : { cookie }) },
      body: request.body,
      signal,
      // Never paused: undici's assertion fails if a reset meets a paused parser.
      highWaterMark: 2 * bodyLimit,
    });
    for (const value of listOf(response.headers['set-cookie'])) {
      jar.setCookieSync(value, request.url.href, { ignoreError: true });
    }
    return response;
  }

  /**
   * A server may close an idle connection at the very moment that we use it; that is its right and no
   * outage (RFC 9112 §9.3.1): a GET is sent once more, on a new connection. A POST is not idempotent.
   */
  async function exchangeAgain(request: PageRequest, signal: AbortSignal) {
    const before = connections;
    try {
      return await exchange(request, signal);
    } catch (error) {
      const stale = before > 0 && connections === before && !signal.aborted;
      if (!stale || request.method !== 'GET' || !isEnd(error)) throw error;
      return exchange(request, signal);
    }
  }

  return {
    async open(first, watch, signal) {
      let request = first;
      for (let hops = 0; hops <= redirectLimit; hops++) {
        const sentAt = clock.now();
        watch.sent(request);
        const response = await exchangeAgain(request, signal);
        const location = headerOf(response.headers.location);
        watch.headers(response.statusCode, headerOf(response.headers['content-length']));
        const bytes = await readBody(response.body);
        if (broken !== null) throw broken;
        if (redirects.includes(response.statusCode) && location !== null) {
          request = redirected(request, response.statusCode, location);
          continue;
        }
        const body = textOf(bytes, headerOf(response.headers['content-type']));
        return { url: request.url, status: response.statusCode, body, sentAt };
      }
      throw new Fault('content-mismatch', `more than ${redirectLimit} redirects in a row`);
    },
    async close() {
      jar.removeAllCookiesSync();
      await client.destroy().catch(() => undefined);
    },
  };
}

/** Chunk extensions and 1xx responses may go on for ever without a byte of a page (RFC 9112 §7.1.1). */
function boundReceived(socket: Socket): void {
  const check = setInterval(() => {
    if (socket.bytesRead <= receiveLimit) return;
    socket.destroy(
      new Fault('protocol-error', 'the server sends more than a connection may receive'),
    );
  }, receivedCheck).unref();
  socket.once('close', () => clearInterval(check));
}

/** RFC 9110 §15.4: 303, and 301/302 after a POST, go on as GET; 307 and 308 repeat the request. */
function redirected(request: PageRequest, status: number, location: string): PageRequest {
  const base = request.url.href;
  const url = URL.canParse(location, base) ? new URL(location, base) : null;
  if (url === null) throw new Fault('protocol-error', 'a redirect to something unreadable');
  if (url.origin !== request.url.origin) {
    // Not followed: the password must not go to a host that the config does not name.
    const message = `a redirect to another origin, ${url.origin.slice(0, 200)}`;
    throw new Fault('content-mismatch', message, { code: `HTTP ${status}` });
  }
  url.hash = '';
  if (status === 307 || status === 308) return { ...request, url };
  const { 'content-type': _, ...headers } = request.headers;
  return { method: 'GET', url, headers, body: null };
}

function isEnd(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
