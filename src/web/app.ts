import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Exposition, Unavailable, Wanted } from '../metrics/thread-messages.ts';
import { addDocuments, documents } from './documents.ts';
import { landingPage, notFoundPage } from './landing.ts';
import { negotiate } from './negotiation.ts';
import type { LandingState } from './state.ts';
import { icon, stylesheet } from './style.ts';

export type Health = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface WebParts {
  /** The exposition for Prometheus. */
  readonly metrics: { render(wanted: Wanted): Promise<Exposition | Unavailable> };
  readonly readState: () => LandingState;
  readonly health: () => Health;
  /** Trusted HTML above the tenants (the demo's switches). No inline style or script: the policy forbids both. */
  readonly panel?: () => string;
  /** Stands before everything: limits and login. */
  readonly gate?: MiddlewareHandler;
  /** Headers in place of our own of the same name. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Takes up a changed configuration: null when it did, else what is wrong with it. */
  readonly reload?: {
    readonly isEnabled: () => boolean;
    readonly begin: () => Promise<string | null>;
  };
  /** More routes, e.g. the demo's switches. */
  readonly extra?: (app: Hono) => void;
  /** Told of an error in a route; the answer is a plain 500 that says nothing of it. */
  readonly onError?: (error: Error, path: string) => void;
}

/** Nothing from elsewhere, no script at all, no frame; forms only to this origin. */
const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const securityHeaders = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The daemon's web pages and endpoints; start it with `listen`. */
export function createApp(parts: WebParts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    const headers = { ...securityHeaders, ...parts.headers?.() };
    for (const [name, value] of Object.entries(headers)) {
      context.res.headers.set(name, value);
    }
    if (!context.res.headers.has('Cache-Control')) {
      context.res.headers.set('Cache-Control', 'no-store');
    }
  });
  if (parts.gate) app.use(parts.gate);
  addPages(app, parts);
  addEndpoints(app, parts);
  addReload(app, parts);
  addDocuments(app);
  for (const path of ['/', '/style.css', '/icon.svg', '/metrics', '/-/healthy', '/-/ready']) {
    app.all(path, (context) =>
      context.text('Only GET is answered here.\n', 405, { Allow: 'GET, HEAD' }),
    );
  }
  parts.extra?.(app);
  app.notFound((context) => context.html(notFoundPage(), 404));
  app.onError((error, context) => {
    parts.onError?.(error, context.req.path);
    return context.text('Internal error; the log of mailminute says more.\n', 500);
  });
  return app;
}

function addPages(app: Hono, parts: WebParts): void {
  app.get('/', (context) => {
    const refresh = context.req.query('refresh') !== 'off';
    return context.html(
      landingPage(parts.readState(), { refresh, documents, panel: parts.panel?.() ?? '' }),
    );
  });
  const lasting = { 'Cache-Control': 'max-age=300' };
  app.get('/style.css', (context) =>
    context.body(stylesheet, 200, { ...lasting, 'Content-Type': 'text/css; charset=utf-8' }),
  );
  app.get('/icon.svg', (context) =>
    context.body(icon, 200, { ...lasting, 'Content-Type': 'image/svg+xml' }),
  );
}

function addEndpoints(app: Hono, { metrics, health }: WebParts): void {
  app.get('/metrics', async (context) => {
    const { req } = context;
    const exposition = await metrics.render(
      negotiate(req.header('accept'), req.header('accept-encoding')),
    );
    if ('unavailable' in exposition) return context.text(`${exposition.unavailable}\n`, 503);
    const { contentType, contentEncoding, body } = exposition;
    context.header('Vary', 'Accept, Accept-Encoding');
    if (contentEncoding !== null) context.header('Content-Encoding', contentEncoding);
    return context.body(body, 200, { 'Content-Type': contentType });
  });
  app.get('/-/healthy', (context) => context.text('mailminute is healthy\n'));
  app.get('/-/ready', (context) => {
    const state = health();
    if (state.ready) return context.text('mailminute is ready\n');
    return context.text(`mailminute is not ready: ${state.reason}\n`, 503);
  });
}

/** As Prometheus answers: 403 while it is not enabled, 405 on GET, 500 with the reasons when it failed. */
function addReload(app: Hono, { reload }: WebParts): void {
  app.on(['POST', 'PUT'], '/-/reload', async (context) => {
    if (!reload?.isEnabled())
      return context.text(
        'Reloading over HTTP is not enabled: web.enable_lifecycle in the configuration, or SIGHUP.\n',
        403,
      );
    if (isFromElsewhere(context)) return context.text('Not from a page of another site.\n', 403);
    const fault = await reload.begin();
    if (fault === null) return context.text('reloaded\n');
    return context.text(`failed to reload config:\n${fault}\n`, 500);
  });
  app.all('/-/reload', (context) =>
    context.text('Only POST and PUT are answered here.\n', 405, { Allow: 'POST, PUT' }),
  );
}

/** A page of another site must not reload with a visitor's browser, which sends his login along. */
function isFromElsewhere(context: Context): boolean {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = context.req.header('origin');
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== context.req.header('host');
}
