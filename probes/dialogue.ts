import { setTimeout as pause } from 'node:timers/promises';
import type { Phase } from '../src/domain/protocol.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { Endpoint, Tenant } from '../src/domain/tenant.ts';
import type { Tap } from './attempt/tap.ts';
import { type DialOptions, dial, type LineProtocol } from './dial.ts';
import { Evidence } from './evidence.ts';
import { Fault } from './failure.ts';
import { type Mask, maskOf } from './mask.ts';
import type { Ask, Memory, ProbeContext } from './probe.ts';
import type { Stopwatch } from './stopwatch.ts';
import type { DialObserver } from './stream.ts';
import { Transcript } from './transcript.ts';
import { within } from './within.ts';

/** Bytes that one connection may receive. */
const receiveLimit = 16 * 1024 * 1024;

/** What a dialogue works with: time, the connection, the secret, and where evidence is put. */
export class Attempt {
  readonly tenant: Tenant;
  readonly ask: Ask;
  readonly memory: Memory;
  /** Aborts at the deadline and on shutdown, with a `Fault` as reason: pass it to all that waits. */
  readonly signal: AbortSignal;
  readonly transcript: Transcript;
  readonly mask: Mask;
  readonly evidence = new Evidence();
  readonly #watch: Stopwatch;
  readonly #secret: { readonly value: string } | null;
  #tap: Tap | null = null;
  #greeting: readonly string[] = [];

  /** For `runAttempt`. */
  constructor(
    tenant: Tenant,
    ask: Ask,
    context: ProbeContext,
    watch: Stopwatch,
    signal: AbortSignal,
  ) {
    this.tenant = tenant;
    this.ask = ask;
    this.memory = context.memory;
    this.signal = signal;
    this.#watch = watch;
    this.#secret = revealed(tenant);
    this.mask = maskOf(this.#secret?.value ?? '');
    this.transcript = new Transcript(this.mask);
  }

  /** Closes the running phase and opens this one; also marks the instant from which a silence counts. */
  phase(name: Phase): void {
    this.#watch.phase(name);
  }

  /** A request leaves now (the tap and dialling do this by themselves). */
  mark(): void {
    this.#watch.mark();
  }

  /** Wall ms; the attempt's start plus monotonic time. */
  now(): number {
    return this.#watch.now();
  }

  /** Milliseconds to the attempt's deadline; negative once it has passed. */
  remaining(): number {
    return this.#watch.startedAt + this.tenant.attemptDeadline - this.now();
  }

  /** What was told while a connection comes up. `timed: false` leaves the running phase as it is. */
  observer(options: { readonly timed: boolean } = { timed: true }): DialObserver {
    return {
      phase: (name) => (options.timed ? this.phase(name) : this.mark()),
      mark: () => this.mark(),
      address: (text) => {
        this.evidence.address = text;
      },
      tls: (version, certificateNotAfter) => {
        this.evidence.tlsVersion = version;
        this.evidence.certificateNotAfter = certificateNotAfter;
      },
    };
  }

  /**
   * Connects to the tenant's endpoint; `tap` and `greeting` are this session's from now on, the one
   * before is destroyed. Timed as phases dns, tcp, tls, greeting, starttls, unless `timed: false`:
   * a reader's later sessions belong to the phase that runs. @throws Fault
   */
  async dial(protocol: LineProtocol, options = { timed: true }): Promise<Tap> {
    const endpoint = this.tenant[protocol];
    if (endpoint === null) this.fail('internal-error', `${protocol} is not configured`);
    return this.dialTo(protocol, endpoint, options);
  }

  /** The same to any endpoint. @throws Fault */
  async dialTo(
    protocol: LineProtocol,
    endpoint: Endpoint,
    options: { readonly timed: boolean } & Partial<Pick<DialOptions, 'opportunistic' | 'signal'>>,
  ): Promise<Tap> {
    this.#tap?.destroy();
    const dialled = await dial(protocol, endpoint, {
      turn: this.ask.turn,
      signal: options.signal ?? this.signal,
      transcript: this.transcript,
      budget: { left: receiveLimit },
      now: () => this.now(),
      observer: this.observer(options),
      ...(options.opportunistic && { opportunistic: options.opportunistic }),
    });
    this.#tap = dialled.tap;
    this.#greeting = dialled.greeting;
    return dialled.tap;
  }

  /** The connection of the last `dial`. */
  get tap(): Tap {
    if (this.#tap === null) throw new Error('no connection has been dialled');
    return this.#tap;
  }

  /** The same, or null before the first dial. */
  get openTap(): Tap | null {
    return this.#tap;
  }

  /** The greeting's lines. */
  get greeting(): readonly string[] {
    return this.#greeting;
  }

  /** The password or token, for the wire only. @throws Fault secret-unreadable */
  secret(): string {
    const secret = this.#secret;
    if (secret === null) this.fail('secret-unreadable', 'the secret could not be read');
    // A line end within it would be a command of its own in every line protocol.
    if (/[\r\n\0]/.test(secret.value)) {
      this.fail('secret-unreadable', 'the secret holds a line end or a NUL');
    }
    return secret.value;
  }

  /** Milliseconds since the attempt began. */
  elapsed(): number {
    return this.now() - this.#watch.startedAt;
  }

  /** Ends the dialogue in the running phase. @throws Fault, always */
  fail(reason: Reason, message: string, code: string | null = null): never {
    throw new Fault(reason, message, { code });
  }

  /** Sleeps; ends early, by throwing the signal's reason, when the attempt is over. */
  async sleep(milliseconds: number): Promise<void> {
    try {
      await pause(milliseconds, undefined, { signal: this.signal });
    } catch {
      throw this.signal.reason;
    }
  }

  /**
   * Waits for a promise of ours at most so long (ms). @returns null if it took longer.
   * @throws the signal's reason when the attempt is over.
   */
  async within<T>(milliseconds: number, promise: Promise<T>): Promise<T | null> {
    const first = await within(milliseconds, promise, this.signal);
    if (this.signal.aborted) throw this.signal.reason;
    return first;
  }
}

function revealed(tenant: Tenant): { readonly value: string } | null {
  try {
    return { value: tenant.mailbox.credential.secret.reveal() };
  } catch {
    // The reader's own words may name a path or a value: only the fact is reported, in phase auth.
    return null;
  }
}
