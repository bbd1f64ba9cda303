import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Identity, trusted } from '../certificates.ts';
import type { Random } from './random.ts';
import { type Mailbox, mailboxOf, type Sane } from './sane.ts';
import { SaneImap } from './sane-imap.ts';
import { SanePop } from './sane-pop.ts';
import { SaneSmtp } from './sane-smtp.ts';
import type { Plan, Said, Wire } from './terms.ts';

const sanes = { smtp: SaneSmtp, imap: SaneImap, pop: SanePop } as const;
const mostLogged = 120;

/** Where a server went wrong. */
interface WentWrong {
  readonly state: string;
  /** Which of the dialogue's connections, from 1. */
  readonly connection: number;
  readonly secured: boolean;
  /** `performance.now()` */
  readonly at: number;
}

/** One dialogue's server: sane until the plan's moment, over all of its connections. */
export class Stage {
  readonly plan: Plan;
  readonly mailbox: Mailbox;
  /** Null until it has. */
  wentWrong: WentWrong | null = null;
  /** What was heard and said, shortened. */
  readonly log: string[] = [];
  readonly #server: Server;
  readonly #talks: Talk[] = [];
  readonly #begun = performance.now();
  #left: number;

  constructor(plan: Plan) {
    this.plan = plan;
    this.mailbox = mailboxOf(plan);
    this.#left = plan.occurrence;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const talk = new Talk(this, socket, this.#talks.length + 1);
      this.#talks.push(talk);
      talk.begin();
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that the client has not ended. */
  get open(): number {
    return this.#talks.filter(({ left }) => !left).length;
  }

  async close(): Promise<void> {
    for (const talk of this.#talks) talk.destroy();
    await new Promise((done) => this.#server.close(done));
  }

  /** True once: when this is what goes wrong. */
  isDue(state: string, connection: number, secured: boolean): boolean {
    if (state !== this.plan.state || this.wentWrong !== null) return false;
    this.#left -= 1;
    if (this.#left > 0) return false;
    this.wentWrong = { state, connection, secured, at: performance.now() };
    this.note(connection, '!', `${this.plan.misbehaviour.name} at ${state}`);
    return true;
  }

  note(connection: number, mark: string, text: string): void {
    if (this.log.length >= mostLogged) return;
    const at = Math.round(performance.now() - this.#begun);
    this.log.push(`${at} ms ${connection}${mark} ${JSON.stringify(text.slice(0, 200))}`);
  }
}

/** One connection: what the server should say, and what it says. */
class Talk implements Wire {
  /** The client has ended its side, or the connection is no more. */
  left = false;
  heard = '';
  readonly plan: Plan;
  readonly #stage: Stage;
  readonly #raw: Socket;
  readonly #number: number;
  readonly #sane: Sane;
  #socket: Socket;
  #isMute = false;

  constructor(stage: Stage, socket: Socket, number: number) {
    this.#stage = stage;
    this.plan = stage.plan;
    this.#raw = socket;
    this.#socket = socket;
    this.#number = number;
    const Sane = sanes[stage.plan.protocol];
    this.#sane = new Sane(stage.plan, stage.mailbox, (said) => this.#speak(said));
    socket.on('error', this.#leave).on('close', this.#leave).on('end', this.#leave);
  }

  get random(): Random {
    return this.plan.random;
  }

  begin(): void {
    if (this.plan.tls === 'implicit') this.#shake();
    else {
      this.#listen();
      this.#sane.greet();
    }
  }

  put(text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text);
    this.#stage.note(this.#number, '>', bytes.toString('latin1', 0, 200));
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  goOn({ after }: Said): void {
    if (typeof after === 'function') after();
    else if (after === 'end') this.end();
    else if (after === 'secure') this.#shake();
  }

  mute(): void {
    this.#isMute = true;
  }

  end(): void {
    this.mute();
    this.#stage.note(this.#number, '>', 'FIN');
    this.#socket.end();
  }

  reset(): void {
    this.mute();
    this.#stage.note(this.#number, '>', 'RST');
    this.#raw.resetAndDestroy();
  }

  destroy(): void {
    this.mute();
    this.#socket.destroy();
    this.#raw.destroy();
  }

  drip(text: string, milliseconds: number, done: () => void): void {
    let at = 0;
    const timer = setInterval(() => {
      const goesOn = at < text.length && !this.left && this.#socket.writable;
      if (goesOn) this.#socket.write(text.charAt(at), 'latin1');
      at += 1;
      if (goesOn && at < text.length) return;
      clearInterval(timer);
      if (goesOn) done();
    }, milliseconds);
  }

  flood(start: string, unit: string): void {
    const socket = this.#socket;
    this.mute();
    this.put(start);
    this.#stage.note(this.#number, '>', `for ever: ${unit}`);
    const block = Buffer.from(unit.repeat(Math.ceil(32_768 / unit.length)), 'latin1');
    const pump = (): void => {
      while (socket.writable && !this.left && socket.write(block));
    };
    socket.on('drain', pump);
    pump();
  }

  secure(identity: Identity): void {
    this.#raw.removeAllListeners('data');
    const secured = new TLSSocket(this.#raw, { isServer: true, ...identity });
    secured.on('error', this.#leave).on('end', this.#leave).on('close', this.#leave);
    this.#socket = secured;
    this.#sane.secured = true;
    this.#listen();
    secured.once('secure', () => {
      if (this.plan.tls === 'implicit') this.#sane.greet();
    });
  }

  readonly #leave = (): void => {
    this.left = true;
  };

  #shake(): void {
    const said = { state: 'handshake', text: '' };
    if (!this.#isWrong(said)) {
      this.secure(trusted);
      return;
    }
    this.mute();
    // Not at once: it would be a part of what was said in the clear before.
    this.#raw.once('data', (chunk: Buffer) => {
      this.#raw.pause();
      this.#raw.unshift(chunk);
      this.plan.misbehaviour.act(this, said);
      // What nobody reads is taken off the wire, or the client's end would not be seen.
      if (!(this.#socket instanceof TLSSocket)) this.#raw.resume();
    });
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      this.#stage.note(this.#number, '<', text);
      this.heard = text.trimEnd();
      if (!this.#isMute) this.#sane.feed(text);
    });
  }

  #speak(said: Said): void {
    if (this.#isMute || this.left) return;
    if (this.#isWrong(said)) this.plan.misbehaviour.act(this, said);
    else {
      this.put(said.text);
      this.goOn(said);
    }
  }

  #isWrong({ state }: Said): boolean {
    return this.#stage.isDue(state, this.#number, this.#sane.secured);
  }
}
