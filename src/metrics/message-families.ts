import { Gauge, type Registry } from 'prom-client';

/** What became of the messages that were sent. */
export function messageFamilies(registry: Registry) {
  const registers = [registry];
  return {
    messages: new Gauge({
      name: 'mailminute_period_messages',
      help: 'Messages sent in the current month, by their fate so far; together all that were sent.',
      labelNames: ['tenant', 'route', 'fate'],
      registers,
    }),
    junk: new Gauge({
      name: 'mailminute_period_junk_ratio',
      help: 'Share of the messages that arrived in the current month that were found in Junk: the estimate of false positives. No series until one arrived.',
      labelNames: ['tenant', 'route'],
      registers,
    }),
    bounces: new Gauge({
      name: 'mailminute_period_bounces',
      help: 'Messages of the current month that bounced, by the class of their delivery report.',
      labelNames: ['tenant', 'class'],
      registers,
    }),
    pendingAge: new Gauge({
      name: 'mailminute_pending_message_age_seconds',
      help: 'How long the oldest pending message has been awaited, by route; 0 while none is pending.',
      labelNames: ['tenant', 'route'],
      registers,
    }),
    quota: new Gauge({
      name: 'mailminute_mailbox_quota_ratio',
      help: 'Used share of the probe mailbox by the limit that is nearest. No series until a server told of one.',
      labelNames: ['tenant'],
      registers,
    }),
  };
}
