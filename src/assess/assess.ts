import { monthPeriod, startOf } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { alwaysRented } from '../domain/denominator.ts';
import type { Figures } from '../domain/figures.ts';
import { type Interval, lengthOf, minuteLength } from '../domain/interval.ts';
import type { FailureRun, MinuteCount, MinuteState } from '../domain/ledger.ts';
import type { Measurements } from '../domain/readings.ts';
import { isTooMany } from '../domain/share.ts';
import { byMailbox, type Tenant } from '../domain/tenant.ts';
import { isOutOfService } from '../domain/users.ts';
import { type MonthVerdicts, verdictsOf } from '../domain/verdicts.ts';
import { type LedgerMinute, ledgerStore } from '../store/ledger.ts';
import type { Connection } from '../store/open.ts';
import { openCases, zoneOf } from './case.ts';
import { openCounting } from './counts.ts';
import { asksForYear, openMeasuring } from './measured.ts';
import { type Open, openJudging } from './open.ts';
import { openPieces } from './pieces.ts';
import { openRejudge } from './rejudge.ts';

/** What is known of one tenant now: the ledger, and beyond its end the provisional judgement. */
export interface Snapshot {
  readonly month: string;
  readonly figures: Figures;
  /** Minutes of the month before the ledger began, of those that are over; `figures` has them as unknown. */
  readonly unwatched: number;
  /** All that the contract says of the month. */
  readonly verdicts: MonthVerdicts;
  /** What was measured beside the minutes. */
  readonly measured: Measurements;
  /** Closed minutes of all time, by state. */
  readonly closedMinutes: MinuteCount;
  /** Minutes before this (wall ms) are final; null while there is no evidence at all. */
  readonly closedUntil: number | null;
  /** Runs that touch the month (closed ones, and those the provisional judgement sees). */
  readonly runs: readonly FailureRun[];
  /** States of the last hour, and of every minute that is still provisional. */
  readonly recent: ReadonlyMap<number, MinuteState>;
  /** True while a run that counts is open. */
  readonly unavailable: boolean;
}

/** Reads the store, asks the judge, and writes closed minutes into the ledger. Idempotent. */
export function openAssessor(connection: Connection) {
  const cases = openCases(connection);
  const ledger = ledgerStore(connection);
  const measuring = openMeasuring(connection);
  const pieces = openPieces(connection, cases);
  const { rejudge, isOutdated, acceptTerms } = openRejudge(connection, pieces);
  const countsOf = openCounting(connection);
  const { close, openOf } = openJudging(connection, cases, pieces);

  /**
   * Everything that screens, metrics and reports show of one month; reads only.
   * @param known what `close` gave just now: nothing is judged twice
   */
  function snapshot(
    tenant: Tenant,
    contract: Contract,
    month: string,
    now: number,
    known?: Open | null,
  ): Snapshot {
    const zone = zoneOf(tenant, contract);
    const period = monthPeriod(month, zone);
    const wanted = asksForYear(contract) ? yearOf(month, zone) : period;
    const open = known === undefined ? openOf(tenant, contract, wanted, now) : known;
    const counts = countsOf(tenant, contract, month, open, now);
    const progress = ledger.progress(tenant.name, contract.name);
    const measured = measuring(tenant, contract, month, now, {
      closedUntil: progress?.closedUntil ?? -Infinity,
      minutes: open?.minutes ?? new Map(),
    });
    const verdicts = verdictsOf(contract, {
      ...measured,
      month,
      zone,
      service: tenant.service ?? alwaysRented,
      minutes: counts.state,
      withoutExclusions: counts.state.excluded > 0 ? counts.bare : null,
    });
    const openRuns = open?.runs.filter((run) => run.possible.to >= open.from) ?? [];
    return {
      month,
      figures: verdicts.figures,
      unwatched: counts.unwatched,
      verdicts,
      measured,
      closedMinutes: ledger.counts(tenant.name, contract.name, '*'),
      closedUntil: progress?.closedUntil ?? open?.from ?? null,
      runs: [...ledger.runs(tenant.name, contract.name, period), ...openRuns].filter((run) =>
        touches(run.possible, period),
      ),
      recent: minutesOf(tenant, contract, { from: now - 60 * minuteLength, to: now }, open),
      unavailable: isUnavailable(openRuns, tenant, contract),
    };
  }

  /** Closed states within, and all provisional ones. */
  function minutesOf(
    tenant: Tenant,
    contract: Contract,
    within: Interval,
    open: Open | null,
    which: keyof LedgerMinute = 'state',
  ) {
    const states = new Map<number, MinuteState>();
    for (const [minute, one] of ledger.minutes(tenant.name, contract.name, within))
      states.set(minute, one[which]);
    const provisional = open?.[which === 'state' ? 'minutes' : 'bare'] ?? [];
    for (const [minute, state] of provisional) states.set(minute, state);
    return states;
  }

  /**
   * States of the period's minutes that are over, closed and provisional, in the order of time; `bare`: as if
   * nothing was excluded.
   */
  function minutes(
    tenant: Tenant,
    contract: Contract,
    within: Interval,
    now: number,
    which: keyof LedgerMinute = 'state',
  ) {
    const open = openOf(tenant, contract, within, now);
    const states = minutesOf(tenant, contract, within, open, which);
    const until = Math.min(within.to, now);
    for (const minute of states.keys())
      if (minute < within.from || minute + minuteLength > until) states.delete(minute);
    return states;
  }

  // One look at the database each: a daemon may close minutes while a report reads, and they must not
  // be found both closed and open.
  return {
    close,
    rejudge,
    isOutdated,
    acceptTerms,
    snapshot: connection.transaction(snapshot),
    minutes: connection.transaction(minutes),
  };
}

/** Whether so many mailboxes fail now, by what is proven already, that the service counts as failing. */
function isUnavailable(runs: readonly FailureRun[], tenant: Tenant, contract: Contract): boolean {
  const open = runs.filter((run) => run.open);
  const mailboxesOf = (some: readonly FailureRun[]) => new Set(some.map(({ mailbox }) => mailbox));
  const failing = mailboxesOf(open.filter((run) => isCounted(run, contract)));
  const out = mailboxesOf(open.filter(isOutOfService)).difference(failing);
  return isTooMany(contract.users, failing.size, byMailbox(tenant).length - out.size);
}

/** The calendar year of a month `YYYY-MM`. */
function yearOf(month: string, zone: string): Interval {
  const year = Number(month.slice(0, 4));
  return { from: startOf(`${year}-01-01`, zone), to: startOf(`${year + 1}-01-01`, zone) };
}

function isCounted(run: FailureRun, contract: Contract): boolean {
  return (
    run.attribution === 'provider' &&
    run.certain.some((piece) => lengthOf(piece) >= contract.threshold)
  );
}

function touches(one: Interval, other: Interval): boolean {
  return one.from < other.to && one.to >= other.from;
}
