import type { Service } from './denominator.ts';
import { type Depth, type Protocol, protocols } from './protocol.ts';
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

/** One step of a webmail flow: data, so that a new webmail needs no code. Decoded in `src/config/`. */
export interface FlowStep {
  readonly name: string;
  /** Which phase the step's time and failure belong to. */
  readonly phase: 'page' | 'auth' | 'list' | 'visible' | 'fetch' | 'logout';
  readonly request: {
    readonly method: 'GET' | 'POST';
    /** Relative to the webmail's url; `{{name}}` is replaced by a variable, percent-encoded. */
    readonly path: string;
    readonly form: Readonly<Record<string, string>>;
    /** How a POST sends `form`: url-encoded (the default), or as one flat JSON object. */
    readonly encoding?: 'form' | 'json';
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly expect: {
    /** Accepted status codes after redirects (within the url's own origin only). */
    readonly status: readonly number[];
    /**
     * Regular expressions (source text) that must, or must not, match the body: case-insensitive,
     * `.` also matches line ends, `{{name}}` stands for the variable's own text.
     */
    readonly match: readonly string[];
    readonly reject: readonly FlowRejection[];
  };
  /** Variables taken from the body by the first group of a regular expression. */
  readonly capture: Readonly<Record<string, string>>;
  /** For the step that looks for the token: it is repeated until `{{token}}` is in the body. */
  readonly repeat: boolean;
  /**
   * How a message of ours looks in the body, `{{token}}` included, so that a bounce that quotes the token
   * is not taken for it. Phase `visible`: default the token itself. Phase `list`: given only when its
   * page shows all messages of ours, so that one that is missing is known not to be there.
   */
  readonly sighting?: string | null;
}

export interface FlowRejection {
  readonly match: string;
  readonly reason: 'auth-refused' | 'temporary-error' | 'content-mismatch' | 'throttled';
}

export interface Flow {
  readonly name: string;
  readonly steps: readonly FlowStep[];
}

export interface Webmail {
  readonly url: string;
  readonly ca: string | null;
  readonly flow: Flow;
}

export interface Mailbox {
  readonly address: string;
  /** Login name; usually the address. */
  readonly username: string;
  /** Either a password or an OAuth 2 access token (XOAUTH2). */
  readonly credential: { readonly kind: 'password' | 'access-token'; readonly secret: Secret };
}

export interface Tenant {
  readonly name: string;
  /** Name of the contract. */
  readonly contract: string;
  /** IANA time zone of the period. */
  readonly zone: string;
  /** When the service was rented (T1.5); left out: from before the first result, with no end in sight. */
  readonly service?: Service;
  readonly mailbox: Mailbox;
  readonly smtp: Endpoint | null;
  readonly imap: Endpoint | null;
  readonly pop: Endpoint | null;
  readonly webmail: Webmail | null;
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

/** The protocols that this tenant's config names, in fixed order. */
export function protocolsOf(tenant: Readonly<Record<Protocol, unknown>>): readonly Protocol[] {
  return protocols.filter((protocol) => tenant[protocol] !== null);
}

/**
 * How deep this tenant's protocol can be probed: a webmail flow that only loads a page never logs in, and
 * a login form takes no access token.
 */
export function deepestDepth(tenant: Tenant, protocol: Protocol): Depth {
  if (protocol !== 'webmail') return 'roundtrip';
  if (tenant.mailbox.credential.kind !== 'password') return 'connect';
  const steps = tenant.webmail?.flow.steps ?? [];
  if (steps.some((step) => step.repeat)) return 'roundtrip';
  return steps.some((step) => step.phase === 'list') ? 'login' : 'connect';
}
