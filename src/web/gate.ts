import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import type { WebAccess } from '../domain/access.ts';
import { createHasher } from './bcrypt.ts';
import { createLimits, networkOf } from './limits.ts';
import { createLogin } from './login.ts';

export interface GatePorts {
  /** What holds now. */
  readonly access: () => WebAccess;
  /** Monotonic ms. */
  readonly now: () => number;
}

type Env = { Bindings: Partial<HttpBindings> };

/** Stands before every page and endpoint: bounds what a client may ask for, and asks who it is. */
export function createGate({ access, now }: GatePorts): MiddlewareHandler<Env> {
  const admit = createLimits(now);
  const login = createLogin(createHasher().compare);

  return async (context, next) => {
    const { users, rate } = access();
    const remote = context.env?.incoming?.socket.remoteAddress ?? '';
    const admission = admit(remote, rate);
    if (typeof admission !== 'function') return refuse(context, admission);
    whenAnswered(context, admission);
    const outcome = await login(context.req.header('authorization'), networkOf(remote), users);
    if (outcome === 'granted') return next();
    if (outcome === 'busy') return refuse(context, { status: 503, retryAfter: 1 });
    return context.text('Unauthorized\n', 401, {
      'WWW-Authenticate': 'Basic realm="mailminute", charset="UTF-8"',
    });
  };
}

function refuse(
  context: Context,
  { status, retryAfter }: { status: 429 | 503; retryAfter: number },
) {
  const words = status === 429 ? 'Too many requests' : 'Busy';
  return context.text(`${words}; come again in ${retryAfter} s.\n`, status, {
    'Retry-After': String(retryAfter),
  });
}

/** The answer counts as under way until the last byte of it is sent: a slow reader holds its place. */
function whenAnswered(context: Context<Env>, call: () => void): void {
  const outgoing = context.env?.outgoing;
  if (outgoing === undefined || outgoing.closed) call();
  else outgoing.once('close', call);
}
