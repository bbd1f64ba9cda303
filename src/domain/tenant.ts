import type { Service } from './denominator.ts';
import type { Flow, FlowPhase } from './flow.ts';
import { type Depth, type Protocol, protocols } from './protocol.ts';
import type { TenantRoutes } from './route.ts';
import type { Secret } from './secret.ts';

export type TlsMode = 'implicit' | 'starttls' | 'none';

/** Where a line protocol is spoken. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** PEM text of the authorities to trust instead of the system's; null for the system's. */
  readonly ca: string | null;
  /** Name for SNI and certificate check; null for `host`. */
  readonly servername: string | null;
}

export interface Webmail {
  readonly url: string;
  readonly ca: string | null;
  readonly flow: Flow;
  /** Who allowed that a script logs in, and when (T1.29); null: nobody, so only the page is loaded. */
  readonly consent: string | null;
  /** How often a message is sent by the webmail's own form, integer ms; null: never. */
  readonly sendInterval: number | null;
}

export interface Mailbox {
  readonly address: string;
  /** Login name; usually the address. */
  readonly username: string;
  /** Either a password or an OAuth 2 access token (XOAUTH2). */
  readonly credential: { readonly kind: 'password' | 'access-token'; readonly secret: Secret };
}

/** A sending account without a mailbox, of a mail push service (T2). */
export interface PushAccount {
  readonly endpoint: Endpoint;
  /** The sender's address, and how to log in. Nothing can be read there. */
  readonly account: Mailbox;
  /** Addresses of mailboxes of the tenant's own, at least one: nobody else is ever written to (T2.13). */
  readonly to: readonly string[];
  /** Integer ms. */
  readonly interval: number;
  /** The most messages of one day in the tenant's zone. */
  readonly budget: number;
  /** The tenant has no `smtp` of its own: this account is what that protocol is judged by. */
  readonly judged: boolean;
}

export interface Tenant {
  readonly name: string;
  /** Name of the contract. */
  readonly contract: string;
  /** IANA time zone of the period. */
  readonly zone: string;
  /** When the service was rented (T1.5); left out: from before the first result, with no end in sight. */
  readonly service?: Service;
  /** The one that is probed; of several the first, or the one that `byMailbox` gives. */
  readonly mailbox: Mailbox;
  /** All of them, no address twice; left out: `mailbox` is the only one. */
  readonly mailboxes?: readonly Mailbox[];
  readonly smtp: Endpoint | null;
  readonly imap: Endpoint | null;
  readonly pop: Endpoint | null;
  readonly webmail: Webmail | null;
  /** Left out: only the loop. */
  readonly routes?: TenantRoutes;
  /** A mail push service; left out: none. */
  readonly push?: PushAccount;
  /** False: no idle connections are held open. */
  readonly tripwires?: boolean;
  /** Pace; integer ms. */
  readonly connectInterval: number;
  readonly roundtripInterval: number;
  /** Deadline of one attempt, integer ms. */
  readonly attemptDeadline: number;
  /** A message may take this long before its absence is a failure, integer ms. */
  readonly deliveryAllowance: number;
}

/** All mailboxes of the tenant, at least one. */
export function mailboxesOf(tenant: Tenant): readonly Mailbox[] {
  return tenant.mailboxes ?? [tenant.mailbox];
}

/** The tenant as a probe sees it, once for each of its mailboxes. */
export function byMailbox(tenant: Tenant): readonly Tenant[] {
  return tenant.mailboxes?.map((mailbox) => ({ ...tenant, mailbox })) ?? [tenant];
}

/** The protocols that this tenant's config names, in fixed order. */
export function protocolsOf(tenant: Readonly<Record<Protocol, unknown>>): readonly Protocol[] {
  return protocols.filter((protocol) => tenant[protocol] !== null);
}

/** How deep this tenant's protocol can be probed: a webmail flow that only loads a page never logs in. */
export function deepestDepth(tenant: Tenant, protocol: Protocol): Depth {
  // A push service's messages have a pace and a budget of their own: a round only logs in.
  if (protocol === 'smtp' && tenant.push?.judged) return 'login';
  if (protocol !== 'webmail') return 'roundtrip';
  const { webmail } = tenant;
  // A login form takes a password: with an access token nothing behind it can be reached.
  const mayLogIn = webmail?.consent != null && tenant.mailbox.credential.kind === 'password';
  if (webmail === null || !mayLogIn) return 'connect';
  const has = (phase: FlowPhase) => webmail.flow.steps.some((step) => step.phase === phase);
  if (has('send') && webmail.sendInterval !== null) return 'send';
  if (has('visible')) return 'roundtrip';
  return has('list') ? 'login' : 'connect';
}

/** Addresses under which messages of ours are sent to, and from, this tenant's mailbox. */
export function ownAddresses({ mailbox, routes, push }: Tenant): readonly string[] {
  const others = [routes?.inbound?.from, push?.account.address];
  return [mailbox.address, ...others.filter((address) => address !== undefined)];
}

/** The tenant as the push service knows it: its submission is the only protocol, with its own login. */
export function asPushClient(tenant: Tenant, { endpoint, account }: PushAccount): Tenant {
  return { ...tenant, mailbox: account, smtp: endpoint, imap: null, pop: null, webmail: null };
}
