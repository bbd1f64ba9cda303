import type { Figures } from '../domain/figures.ts';
import { minuteStates } from '../domain/ledger.ts';
import { answerText } from './answer-text.ts';
import { claimStanding, worthOf } from './credit.ts';
import { clausesJson, promiseJson, recordJson } from './json-clauses.ts';
import {
  entryJson,
  instantJson,
  instantOrNull,
  intervalJson,
  shareJson,
  tierJson,
} from './json-parts.ts';
import {
  isProvisional,
  type MonthReport,
  type ReportedExclusion,
  type ReportedRun,
} from './month.ts';
import { disputeText, noteTexts } from './note-text.ts';
import { pushJson } from './push.ts';
import { recordsOfMonth } from './records.ts';
import type { Words } from './words/words.ts';

/** Raised by one whenever a key changes its meaning or goes; new keys do not raise it. */
const formatVersion = 2;

/**
 * The month for a program, as docs/report.md describes it: fixed key order, integers for every amount,
 * instants both as ISO 8601 in the report's zone and as epoch ms. Ends with a line end.
 */
export function renderJson(report: MonthReport, words: Words): string {
  const { zone, verdicts } = report;
  const document = {
    format: 'mailminute-month-report',
    version: formatVersion,
    language: words.language,
    tenant: report.tenant,
    month: report.month,
    zone,
    answer: answerText(report, words),
    period: intervalJson(report.period, zone),
    generatedAt: instantJson(report.generatedAt, zone),
    closedUntil: instantJson(report.closedUntil, zone),
    provisional: isProvisional(report),
    contract: contractJson(report),
    protocols: [...report.observed.keys()],
    depths: Object.fromEntries(report.observed),
    figures: figuresJson(verdicts.figures, zone),
    figuresWithoutExclusions:
      verdicts.withoutExclusions && figuresJson(verdicts.withoutExclusions, zone),
    promises: verdicts.promises.map(promiseJson),
    credit: creditJson(report),
    claim: claimJson(report),
    dispute: disputeText(report, words),
    runs: report.runs.map((run) => runJson(run, zone)),
    exclusions: report.exclusions.map((one) => exclusionJson(one, zone)),
    unknown: report.unknown.map((stretch) => intervalJson(stretch, zone)),
    domainChanges: domainChangesJson(report),
    push: pushJson(report),
    records: recordsOfMonth(report).map((record) => recordJson(record, zone)),
    clauses: clausesJson(report, words),
    notes: noteTexts(report, words),
    seal: report.seal,
  };
  return `${plain(JSON.stringify(document, null, 2))}\n`;
}

/** The same text for a parser, and nothing in it that a terminal obeys or that hides what stands there. */
function plain(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, unit) => {
          const code = character.charCodeAt(unit).toString(16);
          return `\\u${code.padStart(4, '0')}`;
        }).join(''),
  );
}

function contractJson({ contract }: MonthReport): object {
  const { agreement, remedy } = contract;
  return {
    name: contract.name,
    title: contract.title,
    protocols: contract.protocols,
    combination: contract.combination,
    thresholdMilliseconds: contract.threshold,
    depth: contract.depth,
    target: contract.target && shareJson(contract.target),
    denominator: contract.denominator,
    agreement,
    remedy,
  };
}

function figuresJson(figures: Figures, zone: string): object {
  return {
    totalMinutes: figures.total,
    minutes: Object.fromEntries(minuteStates.map((state) => [state, figures.minutes[state]])),
    aheadMinutes: figures.ahead,
    provenMinutes: figures.proven,
    possibleMinutes: figures.possible,
    availability: { headline: shareJson(figures.upper), atLeast: shareJson(figures.lower) },
    coverage: shareJson(figures.coverage),
    verdict: figures.verdict,
    rented: intervalJson(figures.period, zone),
  };
}

function creditJson(report: MonthReport): object {
  const { remedy, tiersSoFar, tiers } = report.verdicts;
  const [only, ...others] = tiersSoFar;
  const worth = only === undefined || others.length > 0 ? [] : worthOf(only, report);
  return {
    remedy,
    tiersSoFar: tiersSoFar.map(tierJson),
    tiers: tiers.map(tierJson),
    amounts: worth.map(({ currency, minor }) => ({ currency, minorUnits: minor })),
  };
}

function claimJson(report: MonthReport): object | null {
  const { claim } = report.verdicts;
  if (claim === null) return null;
  return {
    opensAt: instantJson(claim.opensAt, report.zone),
    lapsesAt: instantJson(claim.lapsesAt, report.zone),
    firstDay: claim.firstDay,
    lastDay: claim.lastDay,
    provisional: claim.provisional,
    standing: claimStanding(report),
  };
}

function runJson(run: ReportedRun, zone: string): object {
  return {
    protocol: run.protocol,
    depth: run.depth,
    phase: run.phase,
    reason: run.reason,
    code: run.code,
    certain: run.certain.map((piece) => intervalJson(piece, zone)),
    possible: intervalJson(run.possible, zone),
    open: run.open,
    attempts: run.attempts,
    confirmed: run.confirmed,
    attribution: run.attribution,
    countedMinutes: run.counted,
    evidentAttribution: run.evident,
    reattributions: run.said.map((entry) => ({
      ...entryJson(entry, zone),
      attribution: entry.attribution,
    })),
    results: run.results,
    ...(run.mailbox !== undefined && { mailbox: run.mailbox }),
  };
}

function exclusionJson({ exclusion, counted, refused }: ReportedExclusion, zone: string): object {
  const { kind, from, to, notifiedAt, approvedBy, source, ends } = exclusion;
  return {
    ...entryJson(exclusion, zone),
    kind,
    from: instantJson(from, zone),
    to: instantOrNull(to, zone),
    notifiedAt: instantOrNull(notifiedAt, zone),
    approvedBy,
    source,
    ends: ends.map((end) => ({ ...entryJson(end, zone), to: instantJson(end.to, zone) })),
    counted: counted.map((piece) => intervalJson(piece, zone)),
    refused: refused.map(({ why, intervals }) => ({
      why,
      intervals: intervals.map((piece) => intervalJson(piece, zone)),
    })),
  };
}

function domainChangesJson({ domainChanges, zone }: MonthReport): object[] | null {
  if (domainChanges === null) return null;
  return domainChanges.map(({ domain, type, unchangedAt, at, before, after }) => ({
    domain,
    type,
    between: intervalJson({ from: unchangedAt, to: at }, zone),
    before,
    after,
  }));
}
