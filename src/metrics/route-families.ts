import { Counter, type Registry } from 'prom-client';

/** The routes beside the loop, and our own MX. */
export function routeFamilies(registry: Registry) {
  const registers = [registry];
  return {
    routeMessages: new Counter({
      name: 'mailminute_route_messages_total',
      help: 'Messages of the routes outbound and inbound by the outcome of handing them in: accepted, refused by an answer, or failed before any.',
      labelNames: ['tenant', 'route', 'outcome'],
      registers,
    }),
  };
}
