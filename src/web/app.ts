import { Hono } from 'hono';
import { landingPage, notFoundPage } from './landing.ts';
import type { LandingState } from './state.ts';
import { icon, stylesheet } from './style.ts';

export type Health = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface WebParts {
  /** The exposition for Prometheus. */
  readonly metrics: { render(): Promise<{ readonly contentType: string; readonly body: string }> };
  readonly readState: () => LandingState;
  readonly health: () => Health;
  /** Trusted HTML above the tenants (the demo's switches). No inline style or script: the policy forbids both. */
  readonly panel?: () => string;
  /** More routes, e.g. the demo's switches or `POST /-/reload`. */
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
    for (const [name, value] of Object.entries(securityHeaders)) {
      context.res.headers.set(name, value);
    }
    if (!context.res.headers.has('Cache-Control')) {
      context.res.headers.set('Cache-Control', 'no-store');
    }
  });
  addPages(app, parts);
  addEndpoints(app, parts);
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
    return context.html(landingPage(parts.readState(), { refresh, panel: parts.panel?.() ?? '' }));
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
    const { contentType, body } = await metrics.render();
    return context.body(body, 200, { 'Content-Type': contentType });
  });
  app.get('/-/healthy', (context) => context.text('mailminute is healthy\n'));
  app.get('/-/ready', (context) => {
    const state = health();
    if (state.ready) return context.text('mailminute is ready\n');
    return context.text(`mailminute is not ready: ${state.reason}\n`, 503);
  });
}
