import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { StoredMailbox } from './imap-mailbox.ts';

interface ImapCommand {
  readonly tag: string;
  /** In capitals, `UID FETCH` as one; `SASL` for a client response, `DONE` after IDLE, or empty. */
  readonly name: string;
  readonly rest: string;
  readonly talk: ImapTalk;
}

/** Deals with a command, or gives false. */
export type Answering = (command: ImapCommand) => boolean;

export interface ImapScript {
  /** Nothing is said when it is empty. */
  readonly greeting?: string;
  readonly capability?: string;
  readonly uidValidity?: number;
  /** Sees each command first; true when it has dealt with it. */
  readonly on?: Answering;
}

/** A small IMAP server that behaves, except where its script says otherwise. For tests only. */
export class ImapServer {
  readonly mailbox = new StoredMailbox();
  /** `NAME rest` of every command, in order. */
  readonly commands: string[] = [];
  readonly script: ImapScript;
  /** How text gets onto the wire; null for all at once. */
  write: ((socket: Socket, text: string) => void) | null = null;
  readonly #server: Server;
  readonly #talks = new Set<ImapTalk>();

  constructor(script: ImapScript) {
    this.script = script;
    this.#server = createServer((socket) => {
      const talk = new ImapTalk(socket, this);
      this.#talks.add(talk);
      socket.on('close', () => this.#talks.delete(talk));
    });
  }

  static async start(script: ImapScript = {}): Promise<ImapServer> {
    const server = new ImapServer(script);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get uidValidity(): number {
    return this.script.uidValidity ?? 77;
  }

  /** Puts a message into the mailbox; sessions that idle are told. Its UID. */
  deliver(raw: string, flags: readonly string[] = []): number {
    const uid = this.mailbox.add(raw, flags);
    for (const talk of this.#talks) if (talk.idle !== null) talk.tell();
    return uid;
  }

  /** The names of the commands so far. */
  names(): string[] {
    return this.commands.map((line) => line.replace(/^((?:UID )?\S+).*$/s, '$1'));
  }

  async stop(): Promise<void> {
    for (const talk of this.#talks) talk.socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Runs with a server of this script. */
export async function withServer(
  script: ImapScript,
  act: (server: ImapServer) => Promise<void>,
): Promise<void> {
  const server = await ImapServer.start(script);
  try {
    await act(server);
  } finally {
    await server.stop();
  }
}

/** A script's `on` that answers one command by these lines, `TAG` being its tag. */
export function answering(command: string, ...lines: readonly string[]): Answering {
  return ({ name, tag, talk }) => {
    if (name !== command) return false;
    for (const line of lines) talk.send(line.replace('TAG', tag));
    return true;
  };
}

/** One connection. */
class ImapTalk {
  readonly socket: Socket;
  readonly server: ImapServer;
  /** The tag of the IDLE that runs. */
  idle: string | null = null;
  /** Messages that this session has been told of. */
  told = 0;
  /** The tag that the next line belongs to, as a client response. */
  sasl: string | null = null;
  #input = '';
  /** The beginning of a command whose literal has come, with more to follow. */
  #begun = '';
  #literal = 0;

  constructor(socket: Socket, server: ImapServer) {
    this.socket = socket;
    this.server = server;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('error', () => undefined);
    socket.on('data', (text: string) => {
      this.#input += text;
      while (this.#step()) if (this.socket.destroyed) return;
    });
    const greeting = server.script.greeting ?? '* OK ready';
    if (greeting !== '') this.send(greeting);
  }

  /** A line, its end added. */
  send(line: string): void {
    this.write(`${line}\r\n`);
  }

  write(text: string): void {
    if (this.socket.destroyed) return;
    if (this.server.write === null) this.socket.write(text, 'latin1');
    else this.server.write(this.socket, text);
  }

  /** Announces what came. */
  tell(): void {
    const { length } = this.server.mailbox.messages;
    if (this.told === length) return;
    this.told = length;
    this.send(`* ${length} EXISTS`);
  }

  #step(): boolean {
    if (this.#literal > 0) {
      if (this.#input.length < this.#literal) return false;
      this.#begun += this.#input.slice(0, this.#literal);
      this.#input = this.#input.slice(this.#literal);
      this.#literal = 0;
    }
    const at = this.#input.indexOf('\r\n');
    if (at < 0) return false;
    const line = this.#begun + this.#input.slice(0, at);
    this.#input = this.#input.slice(at + 2);
    this.#begun = '';
    const length = /\{(\d+)\}$/.exec(line)?.[1];
    if (length === undefined) this.#run(this.#commandOf(line));
    else {
      this.#begun = `${line}\r\n`;
      this.#literal = Number(length);
      this.send('+ go ahead');
    }
    return true;
  }

  #commandOf(line: string): ImapCommand {
    const { sasl, idle } = this;
    if (sasl !== null) {
      this.sasl = null;
      return { tag: sasl, name: 'SASL', rest: line, talk: this };
    }
    if (idle !== null && line === 'DONE') {
      this.idle = null;
      return { tag: idle, name: 'DONE', rest: '', talk: this };
    }
    const [, tag = '', name = '', rest = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/is.exec(line) ?? [];
    return { tag, name: name.toUpperCase(), rest, talk: this };
  }

  #run(command: ImapCommand): void {
    this.server.commands.push(`${command.name} ${command.rest}`);
    if (this.server.script.on?.(command) === true || command.name === '') return;
    const answer = answers[command.name]?.(command);
    if (answer !== null) this.send(`${command.tag} ${answer ?? 'OK done'}`);
  }
}

/** What each command does, and its tagged answer: null for none yet, undefined for a plain OK. */
const answers: Readonly<Record<string, (command: ImapCommand) => string | null | undefined>> = {
  CAPABILITY({ talk }) {
    const { capability = 'IMAP4rev1 IDLE UIDPLUS' } = talk.server.script;
    talk.send(`* CAPABILITY ${capability}`);
    return undefined;
  },
  AUTHENTICATE({ tag, rest, talk }) {
    if (rest.includes(' ')) return undefined;
    talk.sasl = tag;
    talk.send('+ ');
    return null;
  },
  SELECT({ talk }) {
    const { mailbox, uidValidity } = talk.server;
    talk.told = mailbox.messages.length;
    talk.send('* FLAGS (\\Seen \\Deleted)');
    talk.send(`* ${talk.told} EXISTS`);
    talk.send(`* OK [UIDVALIDITY ${uidValidity}] valid`);
    talk.send(`* OK [UIDNEXT ${mailbox.uidNext}] next`);
    return 'OK [READ-WRITE] open';
  },
  IDLE({ tag, talk }) {
    talk.idle = tag;
    talk.send('+ idling');
    talk.tell();
    return null;
  },
  NOOP({ talk }) {
    talk.tell();
    return undefined;
  },
  APPEND({ rest, talk }) {
    const uid = talk.server.deliver(rest.slice(rest.indexOf('}\r\n') + 3), ['\\Seen']);
    return `OK [APPENDUID ${talk.server.uidValidity} ${uid}] stored`;
  },
  FETCH: (command) => sendHeaders(command, 'sequence'),
  'UID FETCH': (command) => sendHeaders(command, 'uid'),
  'UID SEARCH'({ rest, talk }) {
    const found = talk.server.mailbox.search(rest);
    talk.send(['* SEARCH', ...found.map(({ uid }) => uid)].join(' '));
    return undefined;
  },
  'UID STORE'({ rest, talk }) {
    const named = talk.server.mailbox.named('uid', rest.split(' ')[0] ?? '');
    for (const { flags } of named) flags.add('\\Deleted');
    return undefined;
  },
  EXPUNGE: (command) => expunge(command, '1:*'),
  'UID EXPUNGE': (command) => expunge(command, command.rest),
  LOGOUT({ tag, talk }) {
    talk.send('* BYE see you');
    talk.send(`${tag} OK done`);
    talk.socket.end();
    return null;
  },
};

function sendHeaders({ rest, talk }: ImapCommand, by: 'uid' | 'sequence'): undefined {
  const { mailbox } = talk.server;
  for (const message of mailbox.named(by, rest.split(' ')[0] ?? '')) {
    const header = `${message.raw.split('\r\n\r\n')[0]}\r\n\r\n`;
    const section = `BODY[HEADER.FIELDS (MESSAGE-ID)] {${header.length}}\r\n${header}`;
    talk.send(`* ${mailbox.numberOf(message)} FETCH (UID ${message.uid} ${section})`);
  }
}

function expunge({ talk }: ImapCommand, set: string): undefined {
  const { mailbox } = talk.server;
  for (const number of mailbox.expunge(mailbox.named('uid', set))) {
    talk.send(`* ${number} EXPUNGE`);
    talk.told -= 1;
  }
}
