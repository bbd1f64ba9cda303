import { type Context, Hono } from 'hono';
import { type Faults, faultMeanings, isFault, isProtocol } from './fault.ts';

interface DemoControlOptions {
  /** Path to go back to after a form was sent. Default `/`. */
  readonly home?: string;
  /** Host names, besides those of the loopback, under which the page may be used. Without ports. */
  readonly hosts?: readonly string[];
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The demo's switches over HTTP, to be mounted at the root: `GET /demo` gives the state as JSON,
 * `POST /demo/:protocol/:fault` breaks (or with `ok` mends). Only the page itself and programs that
 * are no browser may post.
 */
export function demoControl(faults: Faults, options: DemoControlOptions = {}): Hono {
  const hosts = new Set([...loopbackNames, ...(options.hosts ?? [])]);
  const app = new Hono();
  app.get('/demo', (context) => {
    context.header('Cache-Control', 'no-store');
    return context.json(describeState(faults));
  });
  app.post('/demo/:protocol/:fault', async (context) => {
    const objection = objectionTo(context, hosts);
    if (objection !== null) return context.json({ error: objection }, 403);
    const { protocol, fault } = context.req.param();
    if (!isProtocol(protocol) || !isFault(fault) || !faults.list[protocol].includes(fault)) {
      return context.json({ error: 'no such protocol or fault', faults: faults.list }, 404);
    }
    try {
      await faults.set(protocol, fault);
    } catch {
      return context.json({ error: `${protocol} could not be switched to ${fault}` }, 500);
    }
    if (sentByForm(context)) return context.redirect(options.home ?? '/', 303);
    return context.json(describeState(faults));
  });
  return app;
}

function describeState(faults: Faults): object {
  return { demo: true, state: faults.get(), faults: faults.list, meanings: faultMeanings };
}

/**
 * A page of another site must not be able to switch faults with a visitor's browser: not with a form
 * (Origin, Sec-Fetch-Site), and not under a name that it points to this machine (Host).
 */
function objectionTo(context: Context, hosts: ReadonlySet<string>): string | null {
  const host = context.req.header('host') ?? '';
  if (!hosts.has(host.toLowerCase().replace(/:\d{1,5}$/, ''))) {
    return 'the demo takes orders only under a name of the loopback, such as http://localhost';
  }
  const foreign = 'the order comes from another site';
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin') return foreign;
  const origin = context.req.header('origin');
  if (origin === undefined) return null;
  // Under `Referrer-Policy: no-referrer` even the page's own form says `null` (Fetch, "append a
  // request Origin header"); then the browser's word for the same origin must be there.
  if (origin === 'null') return site === 'same-origin' ? null : foreign;
  const own = URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
  return own ? null : foreign;
}

function sentByForm(context: Context): boolean {
  const type = context.req.header('content-type') ?? '';
  const accepted = context.req.header('accept') ?? '';
  return type.startsWith('application/x-www-form-urlencoded') && !accepted.includes('json');
}
