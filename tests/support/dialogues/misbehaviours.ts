import type { LineProtocol } from '../../../probes/dial.ts';
import type { Reason } from '../../../src/domain/reason.ts';
import { expired } from '../certificates.ts';
import { refusals } from './refusals.ts';
import type { Misbehaviour, Said, Wire } from './terms.ts';

const anywhere = (): boolean => true;
const inHandshake = (_: LineProtocol, state: string): boolean => state === 'handshake';
const inImap = (protocol: LineProtocol, state: string): boolean =>
  protocol === 'imap' && state !== 'handshake';
const always =
  (...reasons: readonly Reason[]) =>
  () =>
    reasons;
/** The same where TLS was due. */
const orNoTls = (reason: Reason) => (state: string) => [
  state === 'handshake' ? 'tls-failed' : reason,
];

/** Not the beginning of any protocol's line. */
function randomBytes({ random }: Wire): Buffer {
  return Buffer.from([random.between(0x80, 0xff), ...random.bytes(random.between(5, 400)), 13, 10]);
}

const endings: readonly Misbehaviour[] = [
  {
    name: 'closes',
    at: anywhere,
    reasons: always('connection-closed'),
    outcome: 'fails',
    act: (talk) => talk.end(),
  },
  {
    name: 'closes within its answer',
    reasons: always('connection-closed'),
    outcome: 'fails',
    act(talk, { text }) {
      talk.put(text.slice(0, talk.random.between(1, text.length - 2)));
      talk.end();
    },
  },
  {
    name: 'resets',
    at: anywhere,
    reasons: always('connection-reset'),
    outcome: 'fails',
    act: (talk) => talk.reset(),
  },
  {
    name: 'is silent',
    at: anywhere,
    reasons: always('timeout'),
    outcome: 'fails',
    act: (talk) => talk.mute(),
  },
  {
    name: 'is silent within its answer',
    reasons: always('timeout'),
    outcome: 'fails',
    act(talk, { text }) {
      talk.mute();
      talk.put(text.slice(0, talk.random.between(1, text.length - 2)));
    },
  },
  {
    name: 'drips a line without an end',
    reasons: always('timeout'),
    outcome: 'fails',
    act(talk, { text }) {
      talk.mute();
      const [line = ''] = text.split('\r');
      talk.drip(line.padEnd(100_000, 'x'), 5, () => undefined);
    },
  },
];

/** What is right in form, for each protocol, and has no end. */
const floods: Readonly<Record<LineProtocol, readonly string[]>> = {
  smtp: ['220-more\r\n', `250-${'x'.repeat(60_000)}\r\n`],
  imap: [
    '* OK still there\r\n',
    '* 7 EXISTS\r\n',
    `* X {60000}\r\n${'x'.repeat(60_000)}\r\n`,
    '{1}\r\nx',
    '+ go on\r\n',
    'zz9 OK done\r\n',
  ],
  pop: ['+OK\r\n', '+OK\r\n1 a b\r\n.\r\n', `+OK ${'x'.repeat(60_000)}\r\n`],
};

const endless: readonly Misbehaviour[] = [
  {
    name: 'says a line without an end',
    message: /^a line of more than/,
    at: anywhere,
    reasons: orNoTls('protocol-error'),
    outcome: 'fails',
    floods: true,
    act: (talk, { text }) => talk.flood(text.split('\r')[0] ?? '', 'x'),
  },
  {
    name: 'says ever more',
    // With a greeting that is as it should be, a mere look at it is over before.
    reasons: always('protocol-error'),
    outcome: 'fails',
    lingers: true,
    floods: true,
    act(talk, { text, state }) {
      const greets = state === 'greeting' ? text : '';
      talk.flood(greets, talk.random.pick(floods[talk.plan.protocol]));
    },
  },
  {
    name: 'lists ever more',
    at: (protocol, state) => protocol === 'pop' && /^(?:CAPA|UIDL|TOP)$/.test(state),
    reasons: always('protocol-error'),
    outcome: 'fails',
    floods: true,
    act: (talk) => talk.flood('+OK\r\n', talk.random.pick(['1 a\r\n', 'X: y\r\n'])),
  },
];

/** Says this in place of what is due, and goes on as if it had been said. */
function instead(
  change: (text: string, talk: Wire, said: Said) => string,
): (talk: Wire, said: Said) => void {
  return (talk, said) => {
    talk.put(change(said.text, talk, said));
    talk.goOn(said);
  };
}

/** What comes of taking one answer for another. */
const outOfStep = always(
  'protocol-error',
  'rejected',
  'auth-refused',
  'starttls-not-offered',
  'tls-failed',
);
const oneLine = (text: string): boolean => text.indexOf('\n') === text.length - 1;

const distortions: readonly Misbehaviour[] = [
  {
    name: 'says random bytes',
    at: anywhere,
    reasons: orNoTls('protocol-error'),
    outcome: 'fails',
    act: (talk) => talk.put(randomBytes(talk)),
  },
  {
    name: 'says NULs',
    at: anywhere,
    reasons: orNoTls('protocol-error'),
    outcome: 'fails',
    act: (talk) => talk.put(`${'\0'.repeat(9)}\r\n`),
  },
  {
    name: 'ends lines with LF alone',
    reasons: always(),
    outcome: 'harmless',
    act: instead((text) => (text.includes('{') ? text : text.replaceAll('\r\n', '\n'))),
  },
  {
    name: 'ends lines with CR alone',
    reasons: always('timeout'),
    outcome: 'fails',
    act(talk, { text }) {
      talk.mute();
      talk.put(text.replaceAll('\r\n', '\r'));
    },
  },
  {
    name: 'says 8-bit bytes in the text of an answer',
    reasons: always(),
    outcome: 'harmless',
    act: instead((text, { plan }) =>
      plan.protocol === 'imap' || oneLine(text)
        ? text.replace(/\r\n$/, ' \xe9\xff\xfe\x80\r\n')
        : text.replace(/(\+OK|greets you)/, '$1 \xe9\xff\xfe\x80'),
    ),
  },
  {
    name: 'splits its answer at every byte',
    reasons: always(),
    outcome: 'harmless',
    act(talk, said) {
      for (const character of said.text) talk.put(character);
      talk.goOn(said);
    },
  },
  {
    name: 'drips its answer',
    // There the client may say its next word meanwhile.
    at: (_, state) => !/^(?:handshake|IDLE|NEWS)$/.test(state),
    reasons: always(),
    outcome: 'harmless',
    act: (talk, said) => talk.drip(said.text, 1, () => talk.goOn(said)),
  },
  {
    name: 'says much at once that nobody has asked for',
    reasons: outOfStep,
    outcome: 'either',
    lingers: true,
    act: instead((text, { plan, random }) => {
      const more = { smtp: '250 fine\r\n', imap: 'x1 OK fine\r\n', pop: '+OK fine\r\n' };
      return text + more[plan.protocol].repeat(random.between(1, 30));
    }),
  },
  {
    name: 'says its answer twice',
    reasons: outOfStep,
    outcome: 'either',
    lingers: true,
    act: instead((text) => text + text),
  },
  {
    name: 'lists rubbish',
    at: (protocol, state) => protocol === 'pop' && /^(?:CAPA|UIDL|TOP)$/.test(state),
    reasons: always('protocol-error'),
    outcome: 'either',
    act: (talk) => {
      talk.put('+OK\r\n');
      talk.put(randomBytes(talk));
      talk.put('.\r\n');
    },
  },
  {
    name: 'says what is of no protocol',
    reasons: always('protocol-error'),
    outcome: 'fails',
    act: (talk) =>
      talk.put(
        talk.random.pick(['HTTP/1.1 400 Bad Request\r\n\r\n', '999 so\r\n', '\r\n', ' \r\n']),
      ),
  },
];

const inImapAlone: readonly Misbehaviour[] = [
  {
    name: 'answers by a tag of nobody',
    at: (protocol, state) =>
      inImap(protocol, state) && !/^(?:greeting|AUTHENTICATE|LITERAL|IDLE|NEWS)$/.test(state),
    reasons: always('timeout'),
    outcome: 'fails',
    act(talk, { text, tag = '' }) {
      talk.mute();
      talk.put(text.replace(new RegExp(`^${tag} `, 'm'), 'zz9 '));
    },
  },
  {
    name: 'refuses what nobody has asked for',
    at: inImap,
    reasons: always(),
    outcome: 'harmless',
    act: instead((text, _, { state }) =>
      state === 'greeting' ? text : `zz9 NO no\r\nzz8 BAD [ALERT] what\r\n${text}`,
    ),
  },
  {
    name: 'tells news that nobody has asked for',
    at: inImap,
    reasons: always(),
    outcome: 'harmless',
    act: instead((text, _, { state }) => {
      const news =
        '* 0 RECENT\r\n* FLAGS (\\Seen)\r\n* OK [ALERT] hello\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* XNEWS (1 2)\r\n';
      return state === 'greeting' ? text : news + text;
    }),
  },
  {
    name: 'tells absurd numbers',
    at: inImap,
    reasons: always('protocol-error', 'rejected'),
    outcome: 'either',
    lingers: true,
    act: instead(
      (text) =>
        `* -1 EXISTS\r\n* 999999999999999 EXISTS\r\n* 99 EXPUNGE\r\n* 0 FETCH (UID 0)\r\n* SEARCH 0 -1 99999999999999999999 x\r\n${text}`,
    ),
  },
  {
    name: 'announces a huge literal',
    message: /^a literal of/,
    at: inImap,
    reasons: always('protocol-error'),
    outcome: 'fails',
    act(talk) {
      talk.put(
        `* 1 FETCH (UID 11 BODY[HEADER] {${talk.random.pick([262_145, 4_294_967_295])}}\r\n`,
      );
      talk.put('x'.repeat(10_000));
    },
  },
  {
    name: 'closes within a literal',
    at: inImap,
    reasons: always('connection-closed'),
    outcome: 'fails',
    act(talk) {
      talk.put(`* 1 FETCH (UID 11 BODY[HEADER] {200000}\r\n${'x'.repeat(50_000)}`);
      talk.end();
    },
  },
  {
    name: 'is silent within a literal',
    at: inImap,
    reasons: always('timeout'),
    outcome: 'fails',
    act(talk) {
      talk.mute();
      talk.put(`* 1 FETCH (UID 11 BODY[HEADER] {200000}\r\n${'x'.repeat(50_000)}`);
    },
  },
  {
    name: 'says responses that are no IMAP',
    at: inImap,
    reasons: always('protocol-error', 'connection-closed'),
    outcome: 'either',
    lingers: true,
    act: instead((text, { random }) => {
      const wrong = random.pick([
        '* 1 FETCH (UID 11 BODY[HEADER] {-5}\r\n',
        '* 1 FETCH (UID 11 BODY[HEADER] {99999999999999999999}\r\n',
        '* 1 FETCH (UID 11 BODY[HEADER] {5}\r\nab\0cd)\r\n',
        '* 1 FETCH (UID\r\n',
        '* LIST "unclosed\r\n',
        '* CAPABILITY )(\r\n',
        '* 1 FETCH\r\n',
        '* SEARCH [\r\n',
        '* OK [\r\n',
      ]);
      return wrong + text;
    }),
  },
  {
    name: 'nests lists for ever',
    message: /^lists nested too deeply/,
    at: inImap,
    reasons: always('protocol-error'),
    outcome: 'fails',
    act: (talk) => talk.put(`* LIST ${'('.repeat(10_000)}\r\n`),
  },
];

const handshakes: readonly Misbehaviour[] = [
  {
    name: 'speaks in the clear after the answer to STARTTLS',
    at: (_, state) => state === 'STARTTLS',
    reasons: always('protocol-error'),
    outcome: 'fails',
    act: instead((text, { random }) => text + random.pick(['x', '250 ok\r\n', '+OK\r\n', text])),
  },
  {
    name: 'goes on in the clear',
    at: inHandshake,
    reasons: always('tls-failed'),
    outcome: 'fails',
    act: (talk) => talk.put('220 hello there\r\n'),
  },
  {
    name: 'has an expired certificate',
    at: inHandshake,
    reasons: always('certificate-expired'),
    outcome: 'fails',
    act: (talk) => talk.secure(expired),
  },
  {
    name: 'breaks off the handshake by an alert',
    at: inHandshake,
    reasons: always('tls-failed'),
    outcome: 'fails',
    act: (talk) => talk.put(Buffer.from([21, 3, 3, 0, 2, 2, 40])),
  },
  {
    name: 'begins a record of TLS and is silent',
    at: inHandshake,
    reasons: always('timeout'),
    outcome: 'fails',
    act: (talk) => talk.put(Buffer.from([22, 3, 3, 0x10, 0, 2, 0, 0])),
  },
];

export const misbehaviours: readonly Misbehaviour[] = [
  ...endings,
  ...endless,
  ...distortions,
  ...inImapAlone,
  ...handshakes,
  ...refusals,
];
