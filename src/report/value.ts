import type { Denominator, Ratio } from '../domain/contract.ts';
import { compareRatios } from '../domain/ratio.ts';
import type { PossibleTier } from '../domain/tier.ts';
import type { Money } from './credit.ts';
import type { Fact, FactValue, Unit } from './fact.ts';
import { formatMoment, percentOf, plainPercent, printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** A fact in words: its name and its value. */
export function factText({ name, value }: Fact, words: Words, zone: string): string {
  const label = `${words.terms.facts[name]}${words.colon}`;
  if (name === 'threshold' && value.kind === 'quantity')
    return `${label}${limitText(value.amount, value.unit, words)}`;
  return `${label}${valueText(value, words, zone)}`;
}

/** The two parts of it apart. */
export function factLabel({ name }: Fact, { terms }: Words): string {
  return terms.facts[name];
}

export function factValue({ value }: Fact, words: Words, zone: string): string {
  return valueText(value, words, zone);
}

function valueText(value: FactValue, words: Words, zone: string): string {
  const { say, terms } = words;
  switch (value.kind) {
    case 'quantity':
      return amountText(value.amount, value.unit, words);
    case 'range':
      return rangeText(value.least, value.most, value.unit, words);
    case 'verdict':
      return terms.verdicts[value.verdict];
    case 'instant':
      return formatMoment(value.instant, zone);
    case 'interval':
      return say.span(
        formatMoment(value.interval.from, zone),
        formatMoment(value.interval.to, zone),
      );
    case 'day':
      return value.provisional ? say.provisional(value.day) : value.day;
    case 'depths':
      return depthsText(value.depths, words);
    case 'protocols':
      return value.protocols.map((protocol) => terms.protocols[protocol]).join(words.comma);
    case 'by-protocol':
      return byProtocolText(value.minutes, words);
    case 'route':
      return terms.routes[value.route];
    case 'page-driver':
      return terms.pageDrivers[value.driver];
    case 'combination':
      return terms.combinations[value.combination];
    case 'denominator':
      return denominatorText(value.denominator, words);
    case 'limit':
      return say.compared(value.comparison, say.percent(plainPercent(value.limit)));
    case 'tiers':
      return tiersText(value.tiers, words);
    case 'claim-standing':
      return terms.claimStandings[value.standing];
    case 'blame': {
      const { attribution, runs, certain, counted } = value;
      return say.blame(terms.attributions[attribution], runs, say.duration(certain), counted);
    }
    case 'money':
      return moneyText(value);
    case 'quoted':
      return printable(value.text);
  }
}

/** How deep each protocol was observed. */
export function depthsText(
  depths: Extract<FactValue, { kind: 'depths' }>['depths'],
  { terms, comma, remark, say }: Words,
): string {
  if (depths.length === 0) return say.nothing;
  return depths
    .map(([protocol, depth]) => `${terms.protocols[protocol]}${remark(terms.depths[depth])}`)
    .join(comma);
}

function byProtocolText(
  minutes: Extract<FactValue, { kind: 'by-protocol' }>['minutes'],
  { say, terms, comma }: Words,
): string {
  if (minutes.length === 0) return say.nothing;
  return minutes
    .map(([protocol, own]) => `${terms.protocols[protocol]} ${say.minutes(String(own))}`)
    .join(comma);
}

function denominatorText(denominator: Denominator, { say }: Words): string {
  if (denominator.kind === 'calendar') return say.calendarDenominator;
  return say.fixedDenominator(denominator.minutes);
}

/** Credits that are possible, one or more. */
export function tiersText(tiers: readonly PossibleTier[], { say, comma }: Words): string {
  return tiers.length === 0 ? say.nothing : tiers.map(say.tier).join(comma);
}

/** Minor units as `CNY 12.34`, with the decimals that the currency has. */
export function moneyText({ currency, minor }: Money): string {
  const { maximumFractionDigits: digits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  const sign = minor < 0 ? '-' : '';
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${currency} ${sign}${digits === 0 ? whole : `${whole}.${text.slice(-digits)}`}`;
}

/** A value that is known, or the two ends that it lies between. */
export function rangeText(least: Ratio, most: Ratio | null, unit: Unit, words: Words): string {
  const { say } = words;
  const from = amountText(least, unit, words);
  if (most === null) return say.compared('at-least', from);
  if (compareRatios(least, most) === 0) return from;
  const to = amountText(most, unit, words, 'up');
  // "0 s to 2 s" says less than "at most 2 s": of a delay that is only bounded nothing else is known.
  if (unit === 'milliseconds' && least.numerator === 0) return say.compared('at-most', to);
  if (from === to) return from;
  const [low, high] = [String(wholeOf(least, 'down')), String(wholeOf(most, 'up'))];
  if (unit === 'minutes') return say.minutes(say.range(low, high));
  return unit === 'days' ? say.days(say.range(low, high)) : say.range(from, to);
}

/** An exact amount in its unit; what a unit cannot show is cut off, or at an upper end rounded up. */
export function amountText(
  amount: Ratio,
  unit: Unit,
  { say }: Words,
  rounding: 'down' | 'up' = 'down',
): string {
  switch (unit) {
    case 'share':
      return say.percent(percentOf(amount));
    case 'minutes':
      return say.minutes(String(wholeOf(amount, rounding)));
    case 'days':
      return say.days(String(wholeOf(amount, rounding)));
    case 'count':
      return String(wholeOf(amount, rounding));
    case 'milliseconds':
      return say.duration(Number(wholeOf(amount, rounding)));
  }
}

function wholeOf({ numerator, denominator }: Ratio, rounding: 'down' | 'up'): bigint {
  const [above, below] = [BigInt(numerator), BigInt(denominator)];
  return rounding === 'down' ? above / below : (above + below - 1n) / below;
}

/** A limit as a contract writes it: `99.9 %`, `1 min`. */
export function limitText(limit: Ratio, unit: Unit, words: Words): string {
  if (unit === 'share') return words.say.percent(plainPercent(limit));
  if (unit !== 'milliseconds') return amountText(limit, unit, words);
  const milliseconds = limit.numerator / limit.denominator;
  const whole = wholeUnits.find(([, length]) => milliseconds % length === 0);
  if (whole === undefined) return amountText(limit, unit, words);
  return words.say.wholeDuration(milliseconds / whole[1], whole[0]);
}

const wholeUnits = [
  ['hours', 3_600_000],
  ['minutes', 60_000],
  ['seconds', 1000],
] as const;
