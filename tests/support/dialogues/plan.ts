import type { LineProtocol } from '../../../probes/dial.ts';
import { misbehaviours } from './misbehaviours.ts';
import { Random } from './random.ts';
import type { Misbehaviour, Plan } from './terms.ts';

type Wishes = Partial<Plan>;

const roundtrip: Wishes = { depth: 'roundtrip', accepted: true, watches: false };
// Only after more than half a second of NOOPs there is an IDLE.
const idles: Wishes = { ...roundtrip, idle: true, arrival: 100 };
const removal: Wishes = { ...roundtrip, removes: true, alone: true, anchored: true, arrival: 0 };
const watches: Wishes = { watches: true, depth: 'login' };
const starttls: Wishes = { tls: 'starttls' };
const loginAlone: Wishes = { mechanisms: ['LOGIN'], credential: 'password', capa: true };
const blobs: Wishes = { mechanisms: ['PLAIN', 'XOAUTH2'], capa: true };
const finds: Wishes = { anchored: true, remembers: false };
const places: Wishes = { anchored: false, remembers: false };

/** What a server says, and what has to be wished for so that it comes to that. */
const states: Readonly<Record<LineProtocol, Readonly<Record<string, Wishes>>>> = {
  smtp: {
    greeting: {},
    handshake: {},
    STARTTLS: starttls,
    EHLO: {},
    AUTH: {},
    SASL: loginAlone,
    MAIL: roundtrip,
    RCPT: roundtrip,
    DATA: roundtrip,
    MESSAGE: roundtrip,
    QUIT: {},
  },
  imap: {
    greeting: {},
    handshake: {},
    STARTTLS: starttls,
    CAPABILITY: { tells: false },
    LOGIN: loginAlone,
    AUTHENTICATE: blobs,
    SASL: { ...blobs, initialResponse: false },
    ID: { id: true },
    LIST: watches,
    EXAMINE: watches,
    SELECT: {},
    'UID SEARCH': finds,
    FETCH: { ...finds, pending: true },
    'UID FETCH': finds,
    LITERAL: places,
    APPEND: places,
    NOOP: { ...roundtrip, arrival: 2 },
    IDLE: idles,
    NEWS: idles,
    DONE: idles,
    TRACE: roundtrip,
    GETQUOTAROOT: watches,
    'UID STORE': removal,
    'UID EXPUNGE': { ...removal, uidplus: true },
    EXPUNGE: { ...removal, uidplus: false },
    LOGOUT: {},
  },
  pop: {
    greeting: {},
    handshake: {},
    STARTTLS: starttls,
    CAPA: {},
    USER: loginAlone,
    PASS: loginAlone,
    AUTH: blobs,
    SASL: blobs,
    UIDL: {},
    TOP: { remembers: false },
    DELE: removal,
    QUIT: {},
  },
};

/** The dialogue of this number. */
export function planOf(seed: number, protocol: LineProtocol, number: number): Plan {
  const key = `${protocol}:${number}`;
  const random = new Random(`${seed} ${key}`);
  const [state, wishes] = random.pick(Object.entries(states[protocol]));
  const possible = misbehaviours.filter(({ at }) => at?.(protocol, state) ?? state !== 'handshake');
  // There are more ways of refusing than of everything else.
  const refuses = random.chance(0.25) && possible.some((one) => one.refuses);
  const drawable = possible.filter((one) => (one.refuses === true) === refuses);
  // Nor would what can be done in few states alone be seen often.
  const peculiar = drawable.filter((one) => one.at?.(protocol, 'greeting') === false);
  const rare = !refuses && peculiar.length > 0 && random.chance(0.3);
  const first = random.pick(rare ? peculiar : drawable);
  // A flood takes a hundred times as long as anything else.
  const isTooMuch = first.floods === true && random.chance(0.8);
  const misbehaviour = isTooMuch ? random.pick(drawable) : first;
  const shallow = /^(?:greeting|handshake|STARTTLS)$/.test(state) && random.chance(0.3);
  const credential = random.chance(0.15) ? 'access-token' : 'password';
  const plan: Plan = {
    key,
    protocol,
    random,
    state,
    occurrence: random.chance(0.1) ? 2 : 1,
    misbehaviour,
    tls: random.pick(['none', 'none', 'starttls', 'implicit']),
    depth: shallow ? 'connect' : random.pick(['login', 'roundtrip', 'roundtrip']),
    deadline: deadlineOf(state, misbehaviour, random),
    credential,
    accepted: random.chance(0.8),
    arrival: random.between(0, 2),
    watches: protocol === 'imap' && random.chance(0.1),
    pending: random.chance(0.3),
    remembers: random.chance(0.3),
    alone: random.chance(0.5),
    removes: random.chance(0.5),
    anchored: random.chance(0.7),
    mechanisms:
      credential === 'access-token'
        ? ['XOAUTH2']
        : random.pick([['PLAIN', 'LOGIN'], ['LOGIN'], ['PLAIN']]),
    initialResponse: random.chance(0.5),
    capa: random.chance(0.7),
    tells: random.chance(0.5),
    idle: random.chance(0.7),
    uidplus: random.chance(0.7),
    id: random.chance(0.3),
    uidnext: random.chance(0.8),
    ...wishes,
  };
  return {
    ...plan,
    ...(state === 'handshake' && plan.tls === 'none' && { tls: 'implicit' }),
    ...(plan.watches && { depth: 'login' }),
  };
}

/** ms */
export const patience = 15_000;

/** What ends by itself gets plenty of time, so that a loaded machine proves the same. */
function deadlineOf(state: string, { reasons }: Misbehaviour, random: Random): number {
  if (!reasons(state).includes('timeout')) return patience;
  return /^(?:IDLE|NEWS|DONE)$/.test(state) ? 1500 : random.between(300, 600);
}
