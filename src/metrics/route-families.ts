import { Counter, Gauge, type Registry } from 'prom-client';

/** The routes beside the loop, the push service among them. */
export function routeFamilies(registry: Registry) {
  const registers = [registry];
  return {
    routeMessages: new Counter({
      name: 'mailminute_route_messages_total',
      help: 'Messages of the routes outbound, inbound and push by the outcome of handing them in: accepted, refused by an answer, or failed before any.',
      labelNames: ['tenant', 'route', 'outcome'],
      registers,
    }),
    pushMessages: new Gauge({
      name: 'mailminute_period_push_messages',
      help: 'Messages of the current month that were handed to the push service, by what became of them; together all that were sent. Billed are delivered and hard.',
      labelNames: ['tenant', 'outcome'],
      registers,
    }),
    pushBudget: new Gauge({
      name: 'mailminute_push_budget_messages',
      help: 'Messages a day that the configuration allows the push service.',
      labelNames: ['tenant'],
      registers,
    }),
    pushBudgetLeft: new Gauge({
      name: 'mailminute_push_budget_left_messages',
      help: 'Messages that the send budget still allows on this day of the tenant’s zone; 0: no more is sent until the next.',
      labelNames: ['tenant'],
      registers,
    }),
  };
}
