import type { Protocol } from '../src/domain/protocol.ts';
import { imap } from './imap.ts';
import { pop } from './pop.ts';
import type { Probe } from './probe.ts';
import { smtp } from './smtp.ts';
import type { BrowserRooms } from './webmail/chromium/visit.ts';
import { webmail, webmailProbe } from './webmail/index.ts';

export { openChromiums } from './webmail/chromium/pool.ts';
export type { BrowserRooms } from './webmail/chromium/visit.ts';

/** Every probe there is; webmail without a browser. */
export const probes: Readonly<Record<Protocol, Probe>> = { smtp, imap, pop, webmail };

/** The same, and webmail with a browser. */
export function probesWith(rooms: BrowserRooms | null): Readonly<Record<Protocol, Probe>> {
  return { ...probes, webmail: webmailProbe(rooms) };
}
