import type { ControlResult } from '../../src/domain/control.ts';

/** A look of 5 s that failed, or of 20 ms that was answered; `at` in seconds. */
export function look(round: number, at: number, target: string, ok: boolean): ControlResult {
  const startedAt = Math.round(at * 1000);
  const lasted = ok ? 20 : 5_000;
  return {
    round,
    target: `${target}.example:443`,
    startedAt,
    endedAt: startedAt + lasted,
    monotonicStart: startedAt * 1000,
    monotonicEnd: (startedAt + lasted) * 1000,
    ok,
    reason: ok ? null : 'timeout',
    address: null,
    connectMicroseconds: ok ? 20_000 : null,
  };
}

/** One round of so many targets, of which the first `failed` did not answer. */
export function round(
  number: number,
  at: number,
  targets: number,
  failed: number,
): ControlResult[] {
  return Array.from({ length: targets }, (_, index) =>
    look(number, at, `t${index}`, index >= failed),
  );
}

/** Rounds every 10 s over [from, to], seconds, of three targets. */
export function rounds(from: number, to: number, failed: number): ControlResult[] {
  const all: ControlResult[] = [];
  for (let at = from; at <= to; at += 10) all.push(...round(Math.round(at * 1000), at, 3, failed));
  return all;
}
