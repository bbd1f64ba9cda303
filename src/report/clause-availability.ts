import { lengthOf } from '../domain/interval.ts';
import { whole } from '../domain/ratio.ts';
import { claimStanding, worthOf } from './credit.ts';
import { type Fact, quantity, range, type WhyNone } from './fact.ts';
import type { MonthReport } from './month.ts';

/** What a figure says; a word why not, where it has nothing to say. */
export type Said = readonly Fact[] | WhyNone;

export function availability({ verdicts }: MonthReport): Said {
  const { figures, withoutExclusions } = verdicts;
  if (lengthOf(figures.period) === 0) return 'not-rented';
  return [
    quantity('availability', 'share', figures.upper),
    quantity('lower-bound', 'share', figures.lower),
    ...(figures.verdict === null ? [] : [verdictFact(figures.verdict)]),
    ...(withoutExclusions === null
      ? []
      : [quantity('without-exclusions', 'share', withoutExclusions.upper)]),
  ];
}

function verdictFact(verdict: 'met' | 'breached' | 'indeterminate'): Fact {
  return { name: 'verdict', value: { kind: 'verdict', verdict } };
}

export function unavailableMinutes({ verdicts: { figures } }: MonthReport): Said {
  if (lengthOf(figures.period) === 0) return 'not-rented';
  return [
    quantity('proven', 'minutes', figures.proven),
    quantity('possible', 'minutes', figures.possible),
  ];
}

export function totalMinutes({ verdicts: { figures } }: MonthReport): Said {
  if (lengthOf(figures.period) === 0) return 'not-rented';
  return [
    quantity('total', 'minutes', figures.total),
    ...(figures.ahead > 0 ? [quantity('ahead', 'minutes', figures.ahead)] : []),
  ];
}

export function denominator({ contract, verdicts: { figures } }: MonthReport): Said {
  return [
    { name: 'denominator', value: { kind: 'denominator', denominator: contract.denominator } },
    quantity('total', 'minutes', figures.total),
  ];
}

export function period({ period: month, verdicts: { figures } }: MonthReport): Said {
  const rented = figures.period;
  const whole = rented.from === month.from && rented.to === month.to;
  return [
    { name: 'period', value: { kind: 'interval', interval: month } },
    ...(whole
      ? []
      : [
          { name: 'rented', value: { kind: 'interval', interval: rented } } as const satisfies Fact,
        ]),
  ];
}

export function connectivity({ verdicts }: MonthReport): Said {
  if (verdicts.connectivity === null) return 'no-fixed-denominator';
  const { kept, literal } = verdicts.connectivity;
  return [
    range('connectivity', 'share', kept.lower, kept.upper),
    range('literal', 'share', literal.lower, literal.upper),
  ];
}

export function tier(report: MonthReport): Said {
  const { tiers, tiersSoFar, figures } = report.verdicts;
  if (report.contract.tiers.length === 0) return 'no-tiers';
  if (tiers.length === 0) return 'not-rented';
  const [only, ...others] = tiersSoFar;
  const worth = only !== undefined && others.length === 0 ? worthOf(only, report) : [];
  return [
    {
      name: figures.ahead > 0 ? 'tiers-so-far' : 'credit',
      value: { kind: 'tiers', tiers: tiersSoFar },
    },
    ...(figures.ahead > 0
      ? [{ name: 'tiers', value: { kind: 'tiers', tiers } } as const satisfies Fact]
      : []),
    ...worth.map(
      (money) => ({ name: 'amount', value: { kind: 'money', ...money } }) as const satisfies Fact,
    ),
  ];
}

export function claimOpens(report: MonthReport): Said {
  const { claim } = report.verdicts;
  if (claim === null) return 'no-window';
  const { firstDay: day, provisional } = claim;
  return [{ name: 'opens', value: { kind: 'day', day, provisional } }, standingFact(report)];
}

export function claimLapses(report: MonthReport): Said {
  const { claim } = report.verdicts;
  if (claim === null) return 'no-window';
  // Counted in calendar days or months: certain, whatever the holidays will be.
  const value = { kind: 'day', day: claim.lastDay, provisional: false } as const;
  return [{ name: 'lapses', value }, standingFact(report)];
}

function standingFact(report: MonthReport): Fact {
  const value = { kind: 'claim-standing', standing: claimStanding(report) } as const;
  return { name: 'claim-standing', value };
}

export function maintenance({ exclusions, verdicts }: MonthReport): Said {
  const { figures, withoutExclusions } = verdicts;
  const announced = exclusions.filter(({ exclusion }) => exclusion.kind === 'maintenance');
  const counted = announced.filter((one) => one.counted.length > 0).length;
  const refused = announced.filter((one) => one.refused.length > 0).length;
  return [
    quantity('exclusions-counted', 'count', counted),
    quantity('exclusions-refused', 'count', refused),
    quantity('excluded', 'minutes', figures.minutes.excluded),
    ...(withoutExclusions === null
      ? []
      : [
          quantity('availability', 'share', figures.upper),
          quantity('without-exclusions', 'share', withoutExclusions.upper),
        ]),
  ];
}

export function maintenanceMinutes({ measured }: MonthReport): Said {
  if (measured.maintenance === null) return 'not-measured';
  return [quantity('announced', 'minutes', measured.maintenance)];
}

export function faultFreeDays({ measured: { year } }: MonthReport): Said {
  if (year === null) return 'not-measured';
  return [
    range('fault-free', 'days', whole(year.clear), whole(year.clear + year.doubtful)),
    quantity('faulty', 'days', year.faulty),
  ];
}
