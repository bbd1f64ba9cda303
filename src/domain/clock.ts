/** Time as an argument: nothing in this project's core reads a clock by itself. */
export interface Clock {
  /** Wall time, integer milliseconds since the Unix epoch. May step. */
  wall(): number;
  /** Monotonic time, integer microseconds since an arbitrary point. Never steps. */
  monotonic(): number;
}
