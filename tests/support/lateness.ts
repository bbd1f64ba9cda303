const interval = 10;
/** Longer ago nobody asks. */
const kept = 4000;

export interface Lateness {
  /** For how long our own event loop was held up since then (`performance.now()`), ms. */
  since(instant: number): number;
  /** The longest that it was held up at once, ms. */
  readonly longest: () => number;
  stop(): void;
}

/** Watches how late timers are in this process: what a loaded machine adds is no fault of what is tested. */
export function lateness(): Lateness {
  const delays: { readonly at: number; readonly delay: number }[] = [];
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const delay = now - last - interval;
    last = now;
    longest = Math.max(longest, delay);
    if (delay < 2) return;
    delays.push({ at: now, delay });
    if (delays.length > kept) delays.splice(0, kept / 2);
  }, interval).unref();
  return {
    since(instant) {
      let sum = Math.max(0, performance.now() - Math.max(last, instant) - interval);
      for (let index = delays.length - 1; index >= 0; index -= 1) {
        const one = delays[index];
        if (one === undefined || one.at < instant) break;
        sum += Math.min(one.delay, one.at - instant);
      }
      return sum;
    },
    longest: () => longest,
    stop: () => clearInterval(timer),
  };
}
