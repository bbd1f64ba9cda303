import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { type Account, accepts } from './account.ts';
import type { Fault } from './fault.ts';
import type { MemoryMailbox } from './mailbox.ts';
import { writtenMessage } from './webmail-message.ts';
import { composePage, inboxPage, loginPage, messagePage, noticePage } from './webmail-pages.ts';
import { type WebmailSession, WebmailSessions } from './webmail-sessions.ts';

interface Tenant {
  readonly mailbox: MemoryMailbox;
  readonly account: Account;
  readonly fault: () => Fault;
  /** Wall ms. */
  readonly now: () => number;
}

interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly location?: string;
  /** The session to set the cookie for. */
  readonly session?: WebmailSession;
}

interface WebmailBackend {
  connect(): Duplex;
  close(): void;
}

const cookieName = 'demo_session';
const formLimit = 8 * 1024;

/** A small webmail over HTTP/1.1; it listens nowhere, connections are handed to it by the gate. */
export function startWebmail(tenant: Tenant): WebmailBackend {
  const sessions = new WebmailSessions(tenant.now);
  const server = createServer({ maxHeaderSize: 16 * 1024 }, (request, response) => {
    reply(request, tenant, sessions).then(
      (answer) => write(response, answer),
      () => response.destroy(),
    );
  });
  // A vanished client is no error of ours; a request that is not HTTP gets 400 by default handling.
  server.on('clientError', (_error, socket) => socket.destroy());
  return {
    connect: () => {
      const [outside, inside] = duplexPair();
      inside.on('error', () => inside.destroy());
      server.emit('connection', inside);
      return outside;
    },
    close: () => {
      server.close();
    },
  };
}

async function reply(
  request: IncomingMessage,
  tenant: Tenant,
  sessions: WebmailSessions,
): Promise<Reply> {
  const form = await readForm(request);
  if (tenant.fault() === 'error') {
    return { status: 503, body: noticePage('Unavailable', 'Temporarily out of order.') };
  }
  if (form === null)
    return { status: 413, body: noticePage('Too large', 'This form is too long.') };
  const session = sessions.find(cookieOf(request));
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (request.method === 'GET' || request.method === 'HEAD') {
    return show(path, session, tenant, sessions);
  }
  if (request.method !== 'POST') return { status: 405, body: noticePage('No', 'Not possible.') };
  if (session === null || form.get('form_token') !== session.formToken) {
    return { status: 403, body: noticePage('Refused', 'The form has expired. Start again.') };
  }
  if (path === '/login') return logIn(form, session, tenant, sessions);
  if (path === '/send' && session.loggedIn) return send(form, tenant);
  if (path !== '/logout') return notFound;
  sessions.end(session);
  return { status: 303, location: '/' };
}

const notFound: Reply = { status: 404, body: noticePage('Not found', 'There is no such page.') };

function show(
  path: string,
  session: WebmailSession | null,
  tenant: Tenant,
  sessions: WebmailSessions,
): Reply {
  if (path === '/') {
    if (session?.loggedIn) return { status: 303, location: '/inbox' };
    const fresh = session ?? sessions.create(false);
    return { status: 200, body: loginPage(fresh.formToken, null), session: fresh };
  }
  const message = /^\/message\/(\d{1,10})$/.exec(path);
  if (path !== '/inbox' && path !== '/compose' && message === null) return notFound;
  if (session === null || !session.loggedIn) return { status: 303, location: '/' };
  if (path === '/compose') return { status: 200, body: composePage(session.formToken) };
  const { account, mailbox } = tenant;
  if (message === null) {
    return { status: 200, body: inboxPage(account.address, session.formToken, mailbox.list()) };
  }
  const found = mailbox.get(Number(message[1]));
  return found === null ? notFound : { status: 200, body: messagePage(found) };
}

function logIn(
  form: URLSearchParams,
  session: WebmailSession,
  tenant: Tenant,
  sessions: WebmailSessions,
): Reply {
  const known = accepts(tenant.account, form.get('user') ?? '', form.get('password') ?? '');
  if (!known || tenant.fault() === 'auth') {
    const complaint = 'User name or password is wrong.';
    return { status: 200, body: loginPage(session.formToken, complaint) };
  }
  sessions.end(session);
  return { status: 303, location: '/inbox', session: sessions.create(true) };
}

/** Delivered at once, as by a server that sends and receives; to the tenant's only mailbox. */
function send(form: URLSearchParams, { account, mailbox, now }: Tenant): Reply {
  const to = form.get('to')?.trim().toLowerCase();
  if (to !== account.address) {
    return { status: 200, body: noticePage('Not sent', 'There is no such mailbox here.') };
  }
  const text = writtenMessage(
    account.address,
    form.get('subject') ?? '',
    form.get('text') ?? '',
    now(),
  );
  return mailbox.deliver(text)
    ? { status: 200, body: noticePage('Sent', 'Message sent.') }
    : { status: 503, body: noticePage('Not sent', 'Too much mail is waiting for delivery.') };
}

/** Null when it is too long; what is too long is read to its end all the same, but not kept. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= formLimit) chunks.push(chunk);
  }
  return size > formLimit ? null : new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function cookieOf(request: IncomingMessage): string | null {
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([name]) => name === cookieName);
  return found?.[1] ?? null;
}

function write(response: ServerResponse, { status, body = '', location, session }: Reply): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  if (location !== undefined) response.setHeader('Location', location);
  if (session !== undefined) {
    response.setHeader(
      'Set-Cookie',
      `${cookieName}=${session.id}; Path=/; HttpOnly; SameSite=Strict`,
    );
  }
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(body);
}
