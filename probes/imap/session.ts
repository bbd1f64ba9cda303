import { setImmediate as nextTurn } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import type { Tap } from '../attempt/tap.ts';
import { imapFault } from '../failure/imap.ts';
import { Fault, faultOf } from '../failure.ts';
import { type ParsedResponse, type Untagged, untagged } from './untagged.ts';

/** An argument in imapflow's form: quoted text, bytes that wait for the server's go-ahead, or as it is. */
export interface Argument {
  readonly type: 'STRING' | 'LITERAL' | 'ATOM';
  readonly value: string | Buffer;
}

type Listener = (response: Untagged) => void;

interface CommandOptions {
  readonly attributes?: readonly Argument[];
  /** Untagged responses that matter to this command, by name in capitals. */
  readonly on?: Readonly<Record<string, Listener>>;
  /** Sent (with CRLF) at each continuation request that is not for a literal. */
  readonly atPlus?: () => string | null;
  /** Keep the answers out of the transcript: headers of mail, long lists. */
  readonly quiet?: boolean;
}

/** How a command was answered. */
export interface Answer {
  readonly status: 'OK' | 'NO' | 'BAD';
  /** The response code's name in capitals (`READ-ONLY`, `LIMIT`), or null, and the words after it. */
  readonly code: string | null;
  readonly codeWords: readonly string[];
  /** The whole line as it came, tag included. */
  readonly line: string;
}

/** Number of messages, and when the server said so. */
export interface Growth {
  readonly exists: number;
  /** Wall ms. */
  readonly at: number;
  /** How many messages had been removed in this session by then: numbers move with each. */
  readonly expunged: number;
}

/** What imapflow 2.1.2 keeps to itself. */
interface Inner {
  _connectCalled: boolean;
  socket: Tap;
  writeSocket: Tap;
  usable: boolean;
  reading: boolean;
  streamer: NodeJS.WritableStream & {
    readonly readableLength: number;
    readonly processingInput: boolean;
    readonly destroyed: boolean;
  };
  untaggedHandlers: Record<string, ((response: ParsedResponse) => Promise<void>) | null>;
  sectionHandlers: Record<string, (section: NonNullable<ParsedResponse['attributes']>) => void>;
  initialResolve: () => void;
  initialReject: (error: unknown) => void;
  _socketEnd: () => void;
  _socketClose: () => void;
  initialOK(response: ParsedResponse): Promise<void>;
  initialPREAUTH(): Promise<void>;
  setSocketHandlers(): void;
  setEventHandlers(): void;
  write(text: string): void;
  close(): void;
  exec(
    command: string,
    attributes: readonly Argument[] | false,
    options: {
      untagged: Record<string, (response: ParsedResponse) => Promise<void>>;
      onPlusTag?: () => Promise<void>;
    },
  ): Promise<{ next(): void }>;
}

/** The attempt's one deadline ends everything: the library's own clocks never do. */
const never = 2 ** 31 - 1;

/**
 * imapflow over a tap. Its own `connect` (2.1.2) dials by itself and then says what it likes (ID, NAMESPACE,
 * COMPRESS, ENABLE); here it takes a connection that is up, and says what it is told to.
 */
class TappedImap extends ImapFlow {
  constructor() {
    super({
      host: 'tap',
      port: 143,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'tap' },
      logger: false,
      disableAutoIdle: true,
      connectionTimeout: never,
      greetingTimeout: never,
      // It waits out half of this where a server asks for a pause ("Backoff Time"), whatever our deadline.
      socketTimeout: 2,
      maxLineLength: 512 * 1024,
      maxLiteralSize: 1024 * 1024,
      maxResponseSize: 2 * 1024 * 1024,
    });
    this.on('error', () => undefined);
  }

  get inner(): Inner {
    return this as unknown as Inner;
  }

  /** In place of what the library would say after the greeting. */
  async startSession(): Promise<void> {
    this.inner.usable = true;
  }

  /** Takes the connection over, and reads the greeting. */
  adopt(tap: Tap, greeting: string): Promise<void> {
    const { inner } = this;
    inner._connectCalled = true;
    inner.socket = tap;
    inner.writeSocket = tap;
    inner.untaggedHandlers.OK = (response) => inner.initialOK(response);
    inner.untaggedHandlers.PREAUTH = () => inner.initialPREAUTH();
    // What was received before the end is read before the end.
    inner._socketEnd = () => void this.#closeWhenRead();
    inner._socketClose = inner._socketEnd;
    const greeted = new Promise<void>((resolve, reject) => {
      inner.initialResolve = resolve;
      inner.initialReject = reject;
    });
    inner.setSocketHandlers();
    inner.setEventHandlers();
    tap.pipe(inner.streamer);
    tap.adopt(greeting);
    return greeted;
  }

  async #closeWhenRead(): Promise<void> {
    const { inner } = this;
    const { streamer } = inner;
    const busy = (): boolean =>
      !streamer.destroyed &&
      (inner.reading || streamer.processingInput || streamer.readableLength > 0);
    for (let turn = 0; turn < 2000 && (turn < 3 || busy()); turn += 1) await nextTurn();
    inner.close();
  }
}

/**
 * Commands and answers over one connection (RFC 9051 §2.2), by imapflow's raw command call: its own search,
 * fetch and noop hide refusals. One command at a time; follows what the server says unasked: the number of
 * messages and the capabilities.
 */
export class Session {
  readonly #tap: Tap;
  readonly #library = new TappedImap();
  #capabilities: ReadonlySet<string> | null = null;
  #exists = 0;
  #growth: Growth | null = null;
  #expunged = 0;
  #news: (() => void) | null = null;

  private constructor(tap: Tap) {
    this.#tap = tap;
    const { untaggedHandlers, sectionHandlers } = this.#library.inner;
    untaggedHandlers.EXISTS = async (response) => this.#grow(untagged(response).number);
    untaggedHandlers.EXPUNGE = async () => this.#shrink();
    untaggedHandlers.CAPABILITY = async (response) => this.#offer(untagged(response).values);
    sectionHandlers.CAPABILITY = (attributes) => this.#offer(untagged({ attributes }).values);
    tap.once('close', () => this.#rouse()).once('end', () => this.#rouse());
  }

  /** @param greeting the line, or one of ours where nobody could vouch for it. @throws Fault */
  static async over(tap: Tap, greeting: string): Promise<Session> {
    const session = new Session(tap);
    try {
      await tap.until(session.#library.adopt(tap, `${greeting}\r\n`));
    } catch (error) {
      throw session.#judged(error);
    }
    return session;
  }

  /** Names in capitals; null while the server has not told them, or after a change of state. */
  get capabilities(): ReadonlySet<string> | null {
    return this.#capabilities;
  }

  /** True when the server is known to offer it. */
  offers(capability: string): boolean {
    return this.#capabilities?.has(capability) ?? false;
  }

  /** What was offered may differ after STARTTLS and after the login (RFC 9051 §6.1.1). */
  forgetCapabilities(): void {
    this.#capabilities = null;
  }

  get exists(): number {
    return this.#exists;
  }

  /** Messages in the mailbox as last announced and not yet looked at; null if nothing came. */
  get growth(): Growth | null {
    return this.#growth;
  }

  get expunged(): number {
    return this.#expunged;
  }

  /** When the server was last heard, wall ms. */
  get heardAt(): number {
    return this.#tap.heardAt;
  }

  takeGrowth(): Growth | null {
    const growth = this.#growth;
    this.#growth = null;
    return growth;
  }

  /**
   * Sends a command and reads up to its tagged answer, which is returned whatever it says.
   * @throws Fault when the dialogue ends, or is not IMAP, or passes a limit.
   */
  async ask(command: string, options: CommandOptions = {}): Promise<Answer> {
    this.#tap.quiet = options.quiet === true;
    try {
      return await this.#answered(this.#execute(command, options));
    } finally {
      this.#tap.quiet = false;
    }
  }

  /** As `ask`, but NO and BAD are faults. */
  async order(command: string, options: CommandOptions = {}): Promise<Answer> {
    const answer = await this.ask(command, options);
    if (answer.status !== 'OK') throw imapFault(answer.line, 'other');
    return answer;
  }

  /**
   * IDLE (RFC 2177) until something came, at most so long (ms); `onGrowth` when something has. False when
   * the server cannot do it after all. Silence is no failure here; from our DONE on it is. @throws Fault
   */
  async idle(milliseconds: number, onGrowth: () => void): Promise<boolean> {
    const until = performance.now() + milliseconds;
    let confirmed = false;
    let over = false;
    const command = this.#execute('IDLE', {
      atPlus: () => {
        confirmed = true;
        this.#rouse();
        return null;
      },
    });
    const settled = (): void => {
      over = true;
      this.#rouse();
    };
    command.then(settled, settled);
    while (!over && (!confirmed || this.#growth === null)) {
      const left = until - performance.now();
      if (left <= 0 || !(await this.ready(left))) break;
    }
    if (this.#growth !== null) onGrowth();
    if (!over && this.#tap.alive) this.#library.inner.write('DONE');
    const answer = await this.#answered(command);
    return confirmed && answer.status === 'OK';
  }

  /** Waits at most so long (ms) for news. */
  async ready(milliseconds: number): Promise<boolean> {
    if (!this.#tap.alive) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#news = null;
        resolve(false);
      }, milliseconds);
      this.#news = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  #execute(command: string, { on = {}, atPlus, attributes }: CommandOptions): Promise<void> {
    const { inner } = this.#library;
    const handlers = Object.entries(on).map(([name, listener]) => [
      name,
      async (response: ParsedResponse) => listener(untagged(response)),
    ]);
    const executed = inner.exec(command, attributes ?? false, {
      untagged: Object.fromEntries(handlers),
      ...(atPlus && {
        onPlusTag: async () => {
          const text = atPlus();
          if (text !== null) inner.write(text);
        },
      }),
    });
    return executed.then(({ next }) => next());
  }

  async #answered(command: Promise<void>): Promise<Answer> {
    try {
      await this.#tap.until(command);
    } catch (error) {
      const refused = this.#answer();
      if (refused !== null && refused.status !== 'OK') return refused;
      throw this.#judged(error);
    }
    const answer = this.#answer();
    if (answer === null) throw this.#judged(new Fault('protocol-error', 'no tagged answer'));
    return answer;
  }

  /** The tagged answer as the tap saw it. */
  #answer(): Answer | null {
    const line = this.#tap.answer?.[0] ?? '';
    const found = /^[0-9A-Za-z]+[ \t]+(OK|NO|BAD)(?:[ \t]+\[([^\]]*)\]?)?/i.exec(line);
    if (found === null) return null;
    const [name, ...codeWords] = (found[2] ?? '').split(/[ \t]+/).filter((word) => word !== '');
    const status = (found[1] ?? '').toUpperCase() as Answer['status'];
    return { status, code: name?.toUpperCase() ?? null, codeWords, line };
  }

  #judged(error: unknown): Fault {
    if (this.#tap.fault !== null) return this.#tap.fault;
    if (error instanceof Fault) return error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // The server's answer was IMAP at first sight, and is none; the library may have hung up by that.
    if (/^Parser|^Invalid|TooLarge$|^Unexpected|^NoConnection$/.test(code))
      return new Fault('protocol-error', 'not an answer of IMAP');
    return faultOf(error);
  }

  #grow(exists: number | null): void {
    if (exists === null) return;
    if (exists > this.#exists)
      this.#growth = { exists, at: this.#tap.heardAt, expunged: this.#expunged };
    this.#exists = exists;
    this.#rouse();
  }

  #shrink(): void {
    if (this.#exists === 0) return;
    this.#exists -= 1;
    this.#expunged += 1;
    this.#rouse();
  }

  #offer(words: readonly unknown[]): void {
    const names = words.filter((word) => typeof word === 'string');
    this.#capabilities = new Set(names.map((name) => name.toUpperCase()));
  }

  #rouse(): void {
    const news = this.#news;
    this.#news = null;
    news?.();
  }
}
