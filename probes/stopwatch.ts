import type { Clock } from '../src/domain/clock.ts';
import type { Phase } from '../src/domain/protocol.ts';
import type { PhaseDuration } from '../src/domain/result.ts';

export interface StoppedWatch {
  /** Wall ms. */
  readonly endedAt: number;
  /** Integer microseconds. */
  readonly monotonicEnd: number;
  /** In order of first appearance; they add up to `monotonicEnd - monotonicStart` exactly. */
  readonly phases: readonly PhaseDuration[];
}

/**
 * Times one attempt. Every microsecond belongs to exactly one phase; a phase entered twice is summed.
 * Wall instants are the start plus monotonic time, so a clock that steps cannot bend an attempt.
 */
export class Stopwatch {
  readonly startedAt: number;
  readonly monotonicStart: number;
  readonly #clock: Clock;
  readonly #durations = new Map<Phase, number>();
  #phase: Phase;
  #phaseStart: number;
  #mark: number;

  constructor(clock: Clock, first: Phase) {
    this.#clock = clock;
    this.startedAt = clock.wall();
    this.monotonicStart = clock.monotonic();
    this.#phase = first;
    this.#phaseStart = this.monotonicStart;
    this.#mark = this.monotonicStart;
  }

  /** The phase that runs. */
  get current(): Phase {
    return this.#phase;
  }

  /** Monotonic microseconds of the last unanswered request: a phase's start, or a later `mark()`. */
  get markedAt(): number {
    return this.#mark;
  }

  /** Closes the running phase and opens the next; counts as a mark. */
  phase(name: Phase): void {
    const now = this.#clock.monotonic();
    this.#close(now);
    this.#phase = name;
    this.#phaseStart = now;
    this.#mark = now;
  }

  /** A request leaves now: a silence that follows proves failure from here, not from the phase's start. */
  mark(): void {
    this.#mark = this.#clock.monotonic();
  }

  /** Wall ms, now. */
  now(): number {
    return this.wallAt(this.#clock.monotonic());
  }

  /** Wall ms of a monotonic instant (microseconds). */
  wallAt(monotonic: number): number {
    return this.startedAt + Math.floor((monotonic - this.monotonicStart) / 1000);
  }

  /** Closes the running phase. The watch must not be used for phases afterwards. */
  stop(): StoppedWatch {
    const monotonicEnd = this.#clock.monotonic();
    this.#close(monotonicEnd);
    this.#phaseStart = monotonicEnd;
    const phases = [...this.#durations].map(([phase, microseconds]) => ({ phase, microseconds }));
    return { endedAt: this.wallAt(monotonicEnd), monotonicEnd, phases };
  }

  #close(now: number): void {
    const before = this.#durations.get(this.#phase) ?? 0;
    this.#durations.set(this.#phase, before + (now - this.#phaseStart));
  }
}
