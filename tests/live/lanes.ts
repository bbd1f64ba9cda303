import type { Protocol } from '../../src/domain/protocol.ts';
import type { ServiceName } from '../tenant/services.ts';
import type { Kind } from './outages.ts';

const asked = Number(process.env.MAILMINUTE_LIVE_OUTAGES ?? 0);
/** Outages in all; asked for by number they come at full pace, longer and further apart. */
export const count = asked > 0 ? asked : 12;
/** What the lengths are drawn from; printed, so that a run can be repeated. */
export const seed = Number(process.env.MAILMINUTE_LIVE_SEED ?? Date.now() % 1_000_000);
export const ranges =
  asked > 0
    ? { pause: { least: 150_000, most: 210_000 }, length: { least: 40_000, most: 200_000 } }
    : { pause: { least: 75_000, most: 95_000 }, length: { least: 40_000, most: 100_000 } };

/** What fails by itself; each is a lane of its own, and the lanes run side by side. */
export interface Lane {
  readonly protocol: Protocol;
  readonly tenant: 'lines' | 'web';
  readonly service: ServiceName;
  readonly first: Kind;
}
export const lanes: readonly Lane[] = [
  { protocol: 'smtp', tenant: 'lines', service: 'postfix', first: 'refused' },
  { protocol: 'imap', tenant: 'lines', service: 'dovecot-imap', first: 'frozen' },
  { protocol: 'pop', tenant: 'lines', service: 'dovecot-pop3', first: 'refused' },
  { protocol: 'webmail', tenant: 'web', service: 'nginx', first: 'frozen' },
];
