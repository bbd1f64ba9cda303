/** The four ways into a mailbox that a contract may name. Names as in metrics, config and reports. */
export const protocols = ['smtp', 'imap', 'pop', 'webmail'] as const;
export type Protocol = (typeof protocols)[number];
/** Those by which mail is read. */
export type ReadingProtocol = Exclude<Protocol, 'smtp'>;

export function isReading(protocol: Protocol): protocol is ReadingProtocol {
  return protocol !== 'smtp';
}

/**
 * How much of the service a probe asks for; each depth includes the shallower ones. Only webmail has the
 * deepest: it sends by the webmail's own form. It does so less often than it reads, and what only reads
 * must not vouch for it.
 */
export const depths = ['connect', 'login', 'roundtrip', 'send'] as const;
export type Depth = (typeof depths)[number];

/** The depths at which this protocol is ever probed. */
export function depthsOf(protocol: Protocol): readonly Depth[] {
  return protocol === 'webmail' ? depths : depths.filter((depth) => depth !== 'send');
}

/** True when a success at `depth` also vouches for `needed`: depths nest. */
export function reaches(depth: Depth, needed: Depth): boolean {
  return depths.indexOf(depth) >= depths.indexOf(needed);
}

export function deeper(one: Depth, other: Depth): Depth {
  return reaches(one, other) ? one : other;
}

export function shallower(one: Depth, other: Depth): Depth {
  return reaches(one, other) ? other : one;
}

/**
 * The parts of an attempt, each timed by itself, and the depth that a failure in it belongs to.
 * `wait` is our own waiting for the round's message to be accepted: time in it is nobody's delay.
 */
const depthOfPhase = {
  dns: 'connect',
  tcp: 'connect',
  tls: 'connect',
  greeting: 'connect',
  starttls: 'connect',
  first_byte: 'connect',
  page: 'connect',
  ehlo: 'connect',
  capability: 'login',
  auth: 'login',
  select: 'login',
  uidl: 'login',
  list: 'login',
  anchor: 'login',
  wait: 'login',
  logout: 'login',
  mail: 'roundtrip',
  rcpt: 'roundtrip',
  data: 'roundtrip',
  accept: 'roundtrip',
  visible: 'roundtrip',
  fetch: 'roundtrip',
  compose: 'send',
  send: 'send',
} as const satisfies Record<string, Depth>;
export type Phase = keyof typeof depthOfPhase;

/** A failure belongs to the depth of the phase that failed, however deep the attempt meant to go. */
export function depthOf(phase: Phase): Depth {
  return depthOfPhase[phase];
}

/** Every phase that an attempt of this protocol can have, in the order of the dialogue. */
export const phasesOf: Readonly<Record<Protocol, readonly Phase[]>> = {
  smtp: [
    'dns',
    'tcp',
    'tls',
    'greeting',
    'starttls',
    'ehlo',
    'auth',
    'mail',
    'rcpt',
    'data',
    'accept',
    'logout',
  ],
  imap: [
    'dns',
    'tcp',
    'tls',
    'greeting',
    'starttls',
    'capability',
    'auth',
    'select',
    'anchor',
    'wait',
    'visible',
    'fetch',
    'logout',
  ],
  pop: [
    'dns',
    'tcp',
    'tls',
    'greeting',
    'starttls',
    'capability',
    'auth',
    'uidl',
    'anchor',
    'wait',
    'visible',
    'logout',
  ],
  webmail: [
    'dns',
    'tcp',
    'tls',
    'first_byte',
    'page',
    'auth',
    'list',
    'wait',
    'visible',
    'fetch',
    'compose',
    'send',
    'logout',
  ],
};
