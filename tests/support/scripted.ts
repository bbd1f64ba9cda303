import { type Act, type Dialogue, hangUp, lastWords, mute, say } from './hostile.ts';

/** Answers by verb (upper case) that replace the well-behaved ones; `greeting` replaces the greeting. */
export type Overrides = Readonly<Record<string, Act>>;

function verbOf(line: string): string {
  return (line.split(' ')[0] ?? '').toUpperCase();
}

/** A submission server that accepts everything; `AUTH` with or without an initial response. */
export function smtpServer(overrides: Overrides = {}): Dialogue {
  const answers: Readonly<Record<string, Act>> = {
    greeting: say('220 test ESMTP\r\n'),
    EHLO: say('250-test\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n'),
    AUTH: say('235 2.7.0 welcome\r\n'),
    MAIL: say('250 2.1.0 ok\r\n'),
    RCPT: say('250 2.1.5 ok\r\n'),
    DATA: say('354 go on\r\n'),
    '.': say('250 2.0.0 queued\r\n'),
    QUIT: lastWords('221 2.0.0 bye\r\n'),
    ...overrides,
  };
  const inData = new WeakSet<object>();
  return {
    greeting: answers.greeting ?? mute,
    answer(line, _count, socket) {
      if (inData.has(socket)) {
        if (line !== '.') return mute;
        inData.delete(socket);
        return answers['.'] ?? mute;
      }
      const verb = verbOf(line);
      if (verb === 'DATA' && overrides.DATA === undefined) inData.add(socket);
      return answers[verb] ?? answers['*'] ?? say('502 5.5.1 unknown\r\n');
    },
  };
}

/** One message of a scripted POP mailbox: its UIDL and its header. */
export interface Stored {
  readonly uid: string;
  readonly header: string;
}

export interface PopMailbox {
  /** Changed by tests and by DELE; each session sees what was there at its login. */
  messages: Stored[];
  /** How many sessions have logged in. */
  logins: number;
}

/** A POP server over a mailbox: USER, PASS, STAT, UIDL, TOP, DELE (committed by QUIT). */
export function popServer(mailbox: PopMailbox, overrides: Overrides = {}): Dialogue {
  const sessions = new WeakMap<object, { snapshot: readonly Stored[]; deleted: Set<string> }>();
  return {
    greeting: overrides.greeting ?? say('+OK ready\r\n'),
    answer(line, _count, socket) {
      const verb = verbOf(line);
      const override = overrides[verb];
      if (override !== undefined) return override;
      const session = sessions.get(socket);
      if (verb === 'CAPA') return say('+OK\r\nUSER\r\nTOP\r\nUIDL\r\nSASL PLAIN XOAUTH2\r\n.\r\n');
      if (verb === 'USER') return say('+OK\r\n');
      if (verb === 'PASS') {
        mailbox.logins += 1;
        sessions.set(socket, { snapshot: [...mailbox.messages], deleted: new Set() });
        return say('+OK logged in\r\n');
      }
      if (verb === 'QUIT') {
        const deleted = session?.deleted ?? new Set();
        mailbox.messages = mailbox.messages.filter(({ uid }) => !deleted.has(uid));
        return lastWords('+OK bye\r\n');
      }
      if (session === undefined) return hangUp;
      return say(popAnswer(line, verb, session));
    },
  };
}

function popAnswer(
  line: string,
  verb: string,
  session: { readonly snapshot: readonly Stored[]; readonly deleted: Set<string> },
): string {
  const number = line.split(' ')[1];
  const message = session.snapshot[Number(number) - 1];
  if (verb === 'STAT') return `+OK ${session.snapshot.length} 0\r\n`;
  if (verb === 'UIDL' && number === undefined) {
    const rows = session.snapshot.map(({ uid }, index) => `${index + 1} ${uid}\r\n`);
    return `+OK\r\n${rows.join('')}.\r\n`;
  }
  if (message === undefined) return '-ERR no such message\r\n';
  if (verb === 'UIDL') return `+OK ${number} ${message.uid}\r\n`;
  if (verb === 'TOP') return `+OK\r\n${message.header.replace(/^\./gm, '..')}\r\n.\r\n`;
  if (verb !== 'DELE') return '-ERR unknown\r\n';
  session.deleted.add(message.uid);
  return '+OK\r\n';
}
