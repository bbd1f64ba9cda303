import type { Protocol } from '../src/domain/protocol.ts';
import { imap } from './imap.ts';
import { pop } from './pop.ts';
import type { Probe } from './probe.ts';
import { smtp } from './smtp.ts';
import { webmail } from './webmail/index.ts';

/** Every probe there is. */
export const probes: Readonly<Record<Protocol, Probe>> = { smtp, imap, pop, webmail };
