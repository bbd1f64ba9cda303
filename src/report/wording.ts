import { formatInstant } from '../domain/calendar.ts';
import type { Ratio } from '../domain/contract.ts';
import type { Verdict } from '../domain/figures.ts';
import type { Attribution, MinuteState } from '../domain/ledger.ts';

const places = 4;

/** A share as percent for a person: `99.9776 %`. */
export function formatPercent(ratio: Ratio): string {
  return `${percentOf(ratio)} %`;
}

/**
 * A share as percent with four decimals, by integer arithmetic and cut off, never rounded up:
 * one lost minute of a year must not read 100.0000. @throws RangeError for a denominator below 1.
 */
export function percentOf({ numerator, denominator }: Ratio): string {
  if (denominator < 1) throw new RangeError(`A share of ${denominator} is not a number`);
  const scale = 10n ** BigInt(places);
  const scaled = (BigInt(numerator) * 100n * scale) / BigInt(denominator);
  return `${scaled / scale}.${String(scaled % scale).padStart(places, '0')}`;
}

/** A promise as its contract writes it: `99.9 %`, not `99.9000 %`. */
export function formatTarget(target: Ratio | null): string {
  if (target === null) return 'no availability promised';
  return `${plainPercent(target)} %`;
}

/** As `percentOf`, without zeros at the end: `99.9`. */
export function plainPercent(share: Ratio): string {
  return percentOf(share).replace(/\.?0+$/, '');
}

/** Integer ms in parts; seconds as text with their three decimals, such as `5.000`. */
export function splitDuration(milliseconds: number) {
  const minutes = Math.floor(milliseconds / 60_000);
  const rest = milliseconds % 60_000;
  const seconds = `${Math.floor(rest / 1000)}.${String(rest % 1000).padStart(3, '0')}`;
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60, seconds };
}

/** Integer ms as `12.345 s`, `3 min 02.000 s` or `2 h 00 min 05.000 s`. */
export function formatDuration(milliseconds: number): string {
  const { hours, minutes, seconds } = splitDuration(milliseconds);
  const tail = `${seconds.padStart(6, '0')} s`;
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, '0')} min ${tail}`;
  return minutes > 0 ? `${minutes} min ${tail}` : `${seconds} s`;
}

/** Wall ms for a person, in the zone and with its offset: `2026-10-03 12:31:05.120 +08:00`. */
export function formatMoment(instant: number, zone: string): string {
  return formatInstant(instant, zone)
    .replace('T', ' ')
    .replace(/[+-]\d\d:\d\d$/, ' $&');
}

/**
 * Text that came from a server, safe on a terminal and on one line: control and formatting characters
 * (escape sequences, line ends, reversed text) become U+FFFD, and length is bounded.
 */
export function printable(text: string, longest = 200): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  // A cut through a pair of code units would leave half a character.
  return clean.length <= longest ? clean : `${clean.slice(0, longest - 1).toWellFormed()}…`;
}

export const meaningOfState: Readonly<Record<MinuteState, string>> = {
  available: 'every protocol was seen to work and none failed',
  degraded: 'a failure too short to count under any reading',
  suspect: 'not proven; counts if the outage was as long as the evidence allows',
  unavailable: 'proven, and long enough to count',
  unknown: 'no evidence that rules an outage out, or a fault on our own side',
  excluded: 'covered by a documented exclusion',
};

export const meaningOfVerdict: Readonly<Record<Verdict, string>> = {
  met: 'even if every doubtful minute was an outage, the promise is kept',
  breached: 'the proven outages alone break the promise',
  indeterminate: 'the evidence, or the time still ahead, allows both outcomes',
};

export const meaningOfAttribution: Readonly<Record<Attribution, string>> = {
  provider: 'the provider',
  customer: 'the customer',
  local: 'our own side (counts as unknown)',
  throttled: 'throttling of the probe (never an outage)',
};
