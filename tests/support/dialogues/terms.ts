import type { LineProtocol } from '../../../probes/dial.ts';
import type { Depth } from '../../../src/domain/protocol.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import type { TlsMode } from '../../../src/domain/tenant.ts';
import type { Identity } from '../certificates.ts';
import type { Random } from './random.ts';

/** One dialogue, all of it: it follows from the seed, the protocol and the number. */
export interface Plan {
  /** `imap:1234` */
  readonly key: string;
  readonly protocol: LineProtocol;
  readonly random: Random;
  /** At which of the server's words it misbehaves, at the how manieth such word, and how. */
  readonly state: string;
  readonly occurrence: number;
  readonly misbehaviour: Misbehaviour;
  readonly tls: TlsMode;
  readonly depth: Depth;
  /** Integer ms. */
  readonly deadline: number;
  readonly credential: 'password' | 'access-token';
  /** Whether the round's message is accepted, and so is in the mailbox some day. */
  readonly accepted: boolean;
  /** IMAP: at which NOOP, POP: at which login; 0: from the beginning. */
  readonly arrival: number;
  /** IMAP: a session of the message watch. */
  readonly watches: boolean;
  /** An older message is looked for, which is nowhere. */
  readonly pending: boolean;
  /** The anchor's place is known from before. */
  readonly remembers: boolean;
  /** POP: the tenant has no IMAP, so messages are deleted here. */
  readonly alone: boolean;
  /** `finish` is to delete the round's message. */
  readonly removes: boolean;
  /** The anchor lies in the mailbox. */
  readonly anchored: boolean;
  /** What the server offers. */
  readonly mechanisms: readonly string[];
  readonly initialResponse: boolean;
  /** POP: it knows CAPA. */
  readonly capa: boolean;
  /** IMAP: greeting and login tell the capabilities. */
  readonly tells: boolean;
  readonly idle: boolean;
  readonly uidplus: boolean;
  readonly id: boolean;
  readonly uidnext: boolean;
}

/** One answer, or a word unasked, as a server should say it. */
export interface Said {
  /** What it is: the verb it answers, or `greeting`, `handshake`, `SASL`, `MESSAGE`, `LITERAL`, `NEWS`, `TRACE`. */
  readonly state: string;
  readonly text: string;
  /** IMAP: the tag that it ends with; left out where none is answered. */
  readonly tag?: string;
  /** What comes after it, once it was said: TLS, the end of the connection, another state of the server. */
  readonly after?: 'secure' | 'end' | (() => void);
}

/** One connection of a server that goes wrong. Text is latin1. */
export interface Wire {
  readonly plan: Plan;
  readonly random: Random;
  /** What was heard last. */
  readonly heard: string;
  put(text: string | Uint8Array): void;
  /** What comes after a word of the sane server's that was said in whatever form. */
  goOn(said: Said): void;
  /** Says nothing any more, whatever comes. */
  mute(): void;
  /** FIN. What comes is still read. */
  end(): void;
  /** RST. */
  reset(): void;
  /** Says the text a byte each so many ms; `done` with the last. */
  drip(text: string, milliseconds: number, done: () => void): void;
  /** Says `start`, then one unit for ever, as fast as it is taken. */
  flood(start: string, unit: string): void;
  /** TLS, from now on. */
  secure(identity: Identity): void;
}

/** One way for a server to go wrong. */
export interface Misbehaviour {
  readonly name: string;
  /** Where it can be done; left out: everywhere but in the handshake. */
  readonly at?: (protocol: LineProtocol, state: string) => boolean;
  /** What a failure may be called where the client does not forgive; with `timeout` the deadline is short. */
  readonly reasons: (state: string) => readonly Reason[];
  /** By which words a failure tells the bound that was passed, within the protocol. */
  readonly message?: RegExp;
  /** Whether the client must fail, must go on as if nothing had been, or may do either. */
  readonly outcome: 'fails' | 'harmless' | 'either';
  /** The failure may come of a later answer. */
  readonly lingers?: true;
  /** Without an end, as fast as it is taken. */
  readonly floods?: true;
  /** A plain refusal, which some states forgive. */
  readonly refuses?: true;
  readonly act: (talk: Wire, said: Said) => void;
}
