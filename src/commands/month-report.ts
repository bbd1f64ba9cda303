import { openAssessor } from '../assess/assess.ts';
import { judgedProtocols, zoneOf } from '../assess/case.ts';
import { openPushBooks } from '../assess/push.ts';
import { monthPeriod } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import type { DelayFigures } from '../domain/delay.ts';
import { countedExclusions } from '../domain/exclusion.ts';
import { type Interval, intersection } from '../domain/interval.ts';
import type { FailureRun, MinuteState } from '../domain/ledger.ts';
import { mailboxesOfPeriod } from '../domain/mailboxes.ts';
import type { Measurements } from '../domain/readings.ts';
import { type AttributedRun, type Reattribution, speaksOf } from '../domain/reattribution.ts';
import { deepestDepth, type Tenant } from '../domain/tenant.ts';
import { countedMinutes, unknownStretches } from '../report/minutes.ts';
import type { MonthReport, ReportedExclusion, ReportedRun } from '../report/month.ts';
import { dnsStore } from '../store/dns.ts';
import { exclusionStore } from '../store/exclusions.ts';
import { mailboxStore } from '../store/mailboxes.ts';
import type { Connection } from '../store/open.ts';
import { reattributionStore } from '../store/reattributions.ts';
import { recordStore } from '../store/records.ts';
import { monthRows } from './month-rows.ts';

/**
 * Everything that a month's report says, read in one look: call it inside a transaction, since a running
 * daemon closes minutes meanwhile. @throws RangeError for a malformed month
 */
export function readReport(
  connection: Connection,
  tenant: Tenant,
  contract: Contract,
  month: string,
  now: number,
): MonthReport {
  const assessor = openAssessor(connection);
  const snapshot = assessor.snapshot(tenant, contract, month, now);
  const zone = zoneOf(tenant, contract);
  const period = monthPeriod(month, zone);
  const states = assessor.minutes(tenant, contract, period, now);
  const rows = monthRows(connection);
  const said = reattributionStore(connection).list(tenant.name);
  const excluded = snapshot.verdicts.withoutExclusions !== null;
  return {
    tenant: tenant.name,
    ...mailboxesWithin(connection, tenant, period),
    contract,
    zone,
    month,
    period,
    generatedAt: now,
    closedUntil: snapshot.closedUntil ?? period.from,
    verdicts: snapshot.verdicts,
    measured: readNow(snapshot.measured),
    states,
    bareStates: excluded ? assessor.minutes(tenant, contract, period, now, 'bare') : null,
    runs: snapshot.runs.map((run) => ({
      ...reportedRun(run, said, states),
      results: rows.failedResults(tenant.name, run.protocol, run.possible, run.mailbox ?? null),
    })),
    unknown: unknownStretches(states, snapshot.figures.period, now),
    observed: judgedProtocols(tenant, contract),
    webmailConsent:
      tenant.webmail !== null && deepestDepth(tenant, 'webmail') !== 'connect'
        ? tenant.webmail.consent
        : null,
    push: openPushBooks(connection).month(tenant, period, now),
    exclusions: exclusionsOf(connection, tenant, contract, period, now),
    records: recordStore(connection).list(tenant.name),
    domainChanges: domainChangesOf(connection, tenant, period),
    seal: rows.newestSeal(),
  };
}

/** A delay's percentiles are read when they are asked for: here, while there is a database to read. */
function readNow(measured: Measurements): Measurements {
  type Delays = readonly DelayFigures[] | null;
  const known = new Map<Delays, Delays>();
  // Directions of one route share their figures, and go on sharing them.
  const whole = <T extends Delays>(figures: T): T => {
    const read = known.get(figures) ?? figures?.map((one) => ({ ...one })) ?? null;
    known.set(figures, read);
    return read as T;
  };
  const { send, receive, pooled } = measured;
  return {
    ...measured,
    send: whole(send),
    receive: whole(receive),
    ...(pooled && { pooled: whole(pooled) }),
  };
}

function mailboxesWithin(connection: Connection, { name }: Tenant, period: Interval) {
  const eras = mailboxStore(connection).eras(name);
  const several = mailboxesOfPeriod(eras, period);
  return several.length > 1 ? { mailboxes: several } : {};
}

function reportedRun(
  run: FailureRun & Partial<AttributedRun>,
  entries: readonly Reattribution[],
  states: ReadonlyMap<number, MinuteState>,
): Omit<ReportedRun, 'results'> {
  const { evidentAttribution, reattribution: _shownWithTheOthers, ...plain } = run;
  const evident = evidentAttribution ?? run.attribution;
  return {
    ...plain,
    counted: countedMinutes(run, states),
    said: entries.filter((entry) => speaksOf(entry, run)),
    evident: evident === run.attribution ? null : evident,
  };
}

/** The exclusions that touch the period, those that are refused or withdrawn among them. */
function exclusionsOf(
  connection: Connection,
  tenant: Tenant,
  contract: Contract,
  period: Interval,
  now: number,
): ReportedExclusion[] {
  const entered = exclusionStore(connection).list(tenant.name);
  const { accepted, refused } = countedExclusions(
    contract.maintenance,
    entered,
    zoneOf(tenant, contract),
    now,
  );
  return entered
    .filter(({ from, to }) => from < period.to && (to ?? Infinity) > period.from)
    .map((exclusion) => ({
      exclusion,
      counted: accepted
        .filter((one) => one.exclusion.id === exclusion.id)
        .flatMap(({ intervals }) => intersection(intervals, [period])),
      refused: refused
        .filter((one) => one.exclusion.id === exclusion.id)
        .map(({ why, intervals }) => ({ why, intervals: intersection(intervals, [period]) })),
    }));
}

function domainChangesOf(connection: Connection, { name }: Tenant, period: Interval) {
  const dns = dnsStore(connection);
  return dns.inForce(name).length === 0 ? null : dns.domainChanges(name, period);
}
