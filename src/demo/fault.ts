import { type Protocol, protocols } from '../domain/protocol.ts';

/**
 * What can be wrong with a protocol of the embedded tenant. Closed set: it is also the vocabulary of
 * the page, of the HTTP control and of `mailminute demo break`.
 */
const faultNames = ['ok', 'refuse', 'hang', 'slow', 'error', 'auth', 'hold'] as const;
export type Fault = (typeof faultNames)[number];

/** What a person sees happen; for the page and for error texts. */
export const faultMeanings: Readonly<Record<Fault, string>> = {
  ok: 'works',
  refuse: 'refuses connections',
  hang: 'accepts connections and says nothing',
  slow: 'answers 2 seconds late',
  error: 'answers with a temporary error',
  auth: 'refuses every login',
  hold: 'accepts mail and does not deliver it',
};

const common: readonly Fault[] = ['ok', 'refuse', 'hang', 'slow', 'error', 'auth'];

/** The faults that a protocol can have; only SMTP can hold mail back. */
export const faultsOf: Readonly<Record<Protocol, readonly Fault[]>> = {
  smtp: [...common, 'hold'],
  imap: common,
  pop: common,
  webmail: common,
};

export type FaultState = Readonly<Record<Protocol, Fault>>;

export interface Faults {
  /** Which faults each protocol can have. */
  readonly list: Readonly<Record<Protocol, readonly Fault[]>>;
  /** The state at this moment, a copy. */
  get(): FaultState;
  /**
   * Breaks (`fault`) or mends (`ok`) a protocol; resolves when it shows on the wire.
   * @throws Error when this protocol has no such fault, when its port cannot be opened again, or after close.
   */
  set(protocol: Protocol, fault: Fault): Promise<void>;
}

export function isProtocol(text: string): text is Protocol {
  return (protocols as readonly string[]).includes(text);
}

export function isFault(text: string): text is Fault {
  return (faultNames as readonly string[]).includes(text);
}
