import { monthOf, monthPeriod } from '../domain/calendar.ts';
import { type ClaimDates, claimWindow } from '../domain/claim.ts';
import type { Contract } from '../domain/contract.ts';
import { standing } from '../domain/entry.ts';
import type { ClauseRecord } from '../domain/record.ts';
import type { Tenant } from '../domain/tenant.ts';
import { lossAllowed } from '../domain/tier.ts';
import type { MonthVerdicts } from '../domain/verdicts.ts';

/** A window may be longer than a month (T1.25: 60 days after its end), so several may be open at once. */
const monthsBack = 3;
/** A closed month changes seldom (an exclusion, a re-attribution, a record): it is read again after so long, ms. */
const readAgainAfter = 60_000;

/** A closed month, and its minutes before the ledger began. */
interface ClosedMonth {
  readonly verdicts: MonthVerdicts;
  readonly unwatched: number;
}

export interface ClaimPorts {
  readonly read: (tenant: Tenant, contract: Contract, month: string, now: number) => ClosedMonth;
  readonly records: (tenant: string) => readonly Pick<ClauseRecord, 'detail' | 'withdrawn'>[];
}

interface Known {
  readonly at: number;
  readonly claim: ClaimDates | null;
}

/**
 * Tells the claim that lapses next among the last closed months, null when nothing is to be claimed.
 * Cheap to ask often: at most one month of a tenant is read a call, each at most once a minute.
 */
export function watchClaims({ read: readMonth, records }: ClaimPorts) {
  const known = new Map<string, ReadonlyMap<string, Known>>();

  function read(tenant: Tenant, contract: Contract, month: string, now: number): ClaimDates | null {
    const closed = readMonth(tenant, contract, month, now);
    const { verdicts } = closed;
    return isClaimable(closed, contract) && !isFiled(verdicts, records(tenant.name))
      ? verdicts.claim
      : null;
  }

  return (tenant: Tenant, contract: Contract, now: number): ClaimDates | null => {
    if (contract.claim === null || contract.remedy === null) return null;
    const zone = contract.zone ?? tenant.zone;
    const before = known.get(tenant.name);
    const after = new Map<string, Known>();
    let hasRead = false;
    for (const month of closedMonths(now, zone)) {
      if (claimWindow(contract.claim, month, zone).lapsesAt <= now) continue;
      let one = before?.get(month);
      // Either way: the wall clock may have stepped back.
      if (!hasRead && (one === undefined || Math.abs(now - one.at) >= readAgainAfter)) {
        one = { at: now, claim: read(tenant, contract, month, now) };
        hasRead = true;
      }
      if (one !== undefined) after.set(month, one);
    }
    known.set(tenant.name, after);
    const claims = [...after.values()].flatMap(({ claim }) => claim ?? []);
    return claims.reduce<ClaimDates | null>(
      (next, one) => (next === null || one.lapsesAt < next.lapsesAt ? one : next),
      null,
    );
  };
}

/** The last closed months, `YYYY-MM`, the newest first. */
function closedMonths(now: number, zone: string): string[] {
  const months: string[] = [];
  let month = monthOf(now, zone);
  while (months.length < monthsBack) {
    month = monthOf(monthPeriod(month, zone).from - 1, zone);
    months.push(month);
  }
  return months;
}

/**
 * Where nobody watched, a month is undecided too, but there is nothing to claim it with: neither a whole
 * month, nor the part before the installation where the rest was well.
 */
function isClaimable({ verdicts, unwatched }: ClosedMonth, { target }: Contract): boolean {
  const { remedy, figures, promises } = verdicts;
  if (remedy === 'due') return true;
  if (remedy !== 'open' || figures.coverage.numerator === 0) return false;
  if (promises.some(({ verdict }) => verdict !== 'met')) return true;
  return target !== null && figures.possible - unwatched > lossAllowed(target, figures.total);
}

/** A claim that was filed too early or too late leaves the window open, as in the report. */
function isFiled(
  { month, claim }: MonthVerdicts,
  records: readonly Pick<ClauseRecord, 'detail' | 'withdrawn'>[],
): boolean {
  return standing(records).some(
    ({ detail }) =>
      detail.kind === 'claim' &&
      detail.month === month &&
      (claim === null || (detail.at >= claim.opensAt && detail.at < claim.lapsesAt)),
  );
}
