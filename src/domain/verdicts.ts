import { monthPeriod } from './calendar.ts';
import { type ClaimDates, claimWindow } from './claim.ts';
import type { Contract, Denominator, Ratio } from './contract.ts';
import { type Service, shareKept } from './denominator.ts';
import { type Figures, figuresOf } from './figures.ts';
import { lengthOf, minuteLength } from './interval.ts';
import type { MinuteCount } from './ledger.ts';
import { evaluatePromise, type PromiseVerdict } from './promise.ts';
import { type Measurements, readingOf } from './readings.ts';
import { type PossibleTier, possibleTiers } from './tier.ts';

/** All that a month's verdicts are taken from. */
export interface MonthObservation extends Measurements {
  /** `YYYY-MM` */
  readonly month: string;
  /** IANA zone of the tenant; the contract's own comes before it. */
  readonly zone: string;
  readonly service: Service;
  /** The judged minutes of the month inside the rented time (`servicePeriod`), by state. */
  readonly minutes: MinuteCount;
  /** The same minutes as if nothing was excluded; null where nothing is. */
  readonly withoutExclusions: MinuteCount | null;
}

/** A share of M: it lies in [lower, upper]. */
export interface Share {
  readonly lower: Ratio;
  readonly upper: Ratio;
}

/** Connectivity by a fixed M (T3.5), in its sensible and in its literal reading. */
export interface Connectivity {
  /** 1 − down / M. */
  readonly kept: Share;
  /** Uptime / M, which no service can fill in February and every one overfills in a month of 31 days. */
  readonly literal: Share;
}

/** What a contract says of a month. The one source of every report, metric and page. */
export interface MonthVerdicts {
  readonly month: string;
  /** The zone that the month was cut in. */
  readonly zone: string;
  readonly figures: Figures;
  /** The figures as if nothing was excluded; null where nothing is. */
  readonly withoutExclusions: Figures | null;
  readonly promises: readonly PromiseVerdict[];
  /** Tiers that the month's judged minutes allow, null for no credit; what lies ahead counts as kept. */
  readonly tiersSoFar: readonly PossibleTier[];
  /** Tiers that the month can end in; more than one while it is open. */
  readonly tiers: readonly PossibleTier[];
  /** Null where the contract states no window. */
  readonly claim: ClaimDates | null;
  /** Null where nothing is reckoned by a fixed M. */
  readonly connectivity: Connectivity | null;
  /** Whether the remedy is due: a promise broken, all kept, or still open; null where none is stated or rented. */
  readonly remedy: 'due' | 'not-due' | 'open' | null;
}

/**
 * Everything that follows from a contract and what was observed of a month. Pure: judged again, it is the same.
 * @throws RangeError for a malformed month, an unknown zone, or more minutes than the rented period has
 */
export function verdictsOf(contract: Contract, observation: MonthObservation): MonthVerdicts {
  const zone = contract.zone ?? observation.zone;
  const period = monthPeriod(observation.month, zone);
  const { service, withoutExclusions } = observation;
  const figures = figuresOf(contract, period, observation.minutes, { service });
  const { proven, possible, ahead, total } = figures;
  const promises = contract.promises.map((promise) =>
    evaluatePromise(promise, readingOf(promise, figures, observation)),
  );
  return {
    month: observation.month,
    zone,
    figures,
    withoutExclusions:
      withoutExclusions && figuresOf(contract, period, withoutExclusions, { service }),
    promises,
    tiersSoFar: possibleTiers(contract.tiers, { least: proven, most: possible }, total),
    tiers: possibleTiers(contract.tiers, { least: proven, most: possible + ahead }, total),
    claim: contract.claim && claimWindow(contract.claim, observation.month, zone),
    connectivity: connectivityOf(contract, figures),
    remedy: contract.remedy && remedyOf(contract, figures, promises),
  };
}

function connectivityOf(contract: Contract, figures: Figures): Connectivity | null {
  const fixed = [contract.denominator, ...contract.promises.map((one) => one.denominator)].find(
    (one): one is Extract<Denominator, { kind: 'fixed' }> => one.kind === 'fixed',
  );
  if (fixed === undefined) return null;
  const { proven, possible, period } = figures;
  const rented = lengthOf(period) / minuteLength;
  const uptime = (down: number) => ({ numerator: rented - down, denominator: fixed.minutes });
  return {
    kept: { lower: shareKept(possible, fixed.minutes), upper: shareKept(proven, fixed.minutes) },
    literal: { lower: uptime(possible), upper: uptime(proven) },
  };
}

function remedyOf(
  contract: Contract,
  figures: Figures,
  promises: readonly PromiseVerdict[],
): MonthVerdicts['remedy'] {
  const verdicts: (string | null)[] = promises.map(({ verdict }) => verdict);
  if (contract.target !== null) verdicts.push(figures.verdict);
  if (verdicts.length === 0 || lengthOf(figures.period) === 0) return null;
  if (verdicts.includes('breached')) return 'due';
  return verdicts.every((verdict) => verdict === 'met') ? 'not-due' : 'open';
}
