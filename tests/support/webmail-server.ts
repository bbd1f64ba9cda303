import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createRawServer } from 'node:net';
import { text } from 'node:stream/consumers';

type Handler = (request: IncomingMessage, response: ServerResponse, form: URLSearchParams) => void;

/** A small webmail: a login form with a token and a cookie, an inbox as JSON, a page a message. */
export interface FakeWebmail {
  readonly url: string;
  readonly password: string;
  /** Subjects in the inbox. */
  readonly inbox: string[];
  /** `METHOD /path` of every request, in order. */
  readonly requests: string[];
  /** Form and headers of every POST. */
  readonly posts: {
    readonly form: URLSearchParams;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** Sessions that are logged in. */
  readonly sessions: Set<string>;
  /** Other behaviour for a path; `*` for all. */
  readonly overrides: Map<string, Handler>;
  /** Connections that were opened. */
  connections: number;
  close(): Promise<void>;
}

function sessionOf(request: IncomingMessage): string {
  return /\bsession=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
}

export function html(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8' }).end(body);
}

const form = (token: string): string =>
  `<html><form action="/login" id="login"><input name="token" value="${token}"><input name="user"><input type="password" name="pass"></form></html>`;

export async function startFakeWebmail(password = 'geheim'): Promise<FakeWebmail> {
  const tokens = new Map<string, string>();
  const sockets = new Set<Socket>();
  const handlers: Record<string, Handler> = {
    '/': (_, response) => {
      const session = randomBytes(8).toString('hex');
      tokens.set(session, randomBytes(8).toString('hex'));
      response.setHeader('set-cookie', `session=${session}; Path=/; HttpOnly`);
      html(response, 200, form(tokens.get(session) ?? ''));
    },
    '/login': (request, response, fields) => {
      const session = sessionOf(request);
      if (fields.get('token') !== tokens.get(session)) return html(response, 400, 'no session');
      if (fields.get('pass') !== fake.password) return html(response, 200, 'Wrong password.');
      fake.sessions.add(session);
      response.writeHead(302, { location: '/inbox?welcome=1' }).end();
    },
    '/inbox': (request, response) => {
      if (!fake.sessions.has(sessionOf(request))) return html(response, 403, 'log in first');
      html(response, 200, '<h1>Inbox</h1><a href="#" data-key="k1">');
    },
    '/list': (request, response) => {
      if (!fake.sessions.has(sessionOf(request))) return html(response, 403, 'log in first');
      const rows = fake.inbox.map((subject, index) => ({ uid: index + 1, subject }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ rows }));
    },
    '/message': (request, response) => {
      const uid = Number(new URL(request.url ?? '/', 'http://fake').searchParams.get('uid'));
      html(response, 200, `<h1>${fake.inbox[uid - 1]}</h1>`);
    },
    '/logout': (request, response) => {
      fake.sessions.delete(sessionOf(request));
      html(response, 200, 'Goodbye');
    },
  };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://fake').pathname;
    fake.requests.push(`${request.method} ${path}`);
    const fields = new URLSearchParams(request.method === 'POST' ? await text(request) : '');
    if (request.method === 'POST') fake.posts.push({ form: fields, headers: request.headers });
    const handler = fake.overrides.get(path) ?? fake.overrides.get('*') ?? handlers[path];
    if (handler === undefined) html(response, 404, 'no such page');
    else handler(request, response, fields);
  });
  server.on('connection', (socket) => {
    fake.connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const fake: FakeWebmail = {
    url: '',
    password,
    inbox: [],
    requests: [],
    posts: [],
    sessions: new Set(),
    overrides: new Map(),
    connections: 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(fake, { url: `http://127.0.0.1:${port}/` });
}

/** Runs `work` with a fake webmail of its own. */
export async function withFake(work: (fake: FakeWebmail) => Promise<void>): Promise<void> {
  const fake = await startFakeWebmail();
  try {
    await work(fake);
  } finally {
    await fake.close();
  }
}

export interface RawServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A server below HTTP: gets each connection's socket once its first bytes are there. */
export async function startRawServer(answer: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
