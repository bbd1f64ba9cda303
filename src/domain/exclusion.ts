import type { MaintenanceRule } from './contract.ts';
import type { Entry } from './entry.ts';
import { type Interval, intersection, minuteLength, union } from './interval.ts';
import { wholeMinutes, withinYearlyCap } from './yearly-cap.ts';

/** Why time may be left out of the figure: announced maintenance (T1.11), or a cause not the provider's (T1.12–17). */
export const exclusionKinds = [
  'maintenance',
  'customer',
  'force-majeure',
  'attack',
  'carrier',
  'other',
] as const;
export type ExclusionKind = (typeof exclusionKinds)[number];

/** When an exclusion that was entered open, or too long, came to its end. */
export interface ExclusionEnd extends Entry {
  /** Wall ms. */
  readonly to: number;
}

/** A stretch of time that somebody entered as not to be counted. */
export interface Exclusion extends Entry {
  readonly kind: ExclusionKind;
  /** Half-open [from, to), wall ms; `to` null while it is open. The standing ends are applied. */
  readonly from: number;
  readonly to: number | null;
  /** When the provider told of it, wall ms; null: it did not. */
  readonly notifiedAt: number | null;
  /** By whom it was agreed to; null: it was not. */
  readonly approvedBy: string | null;
  /** How it became known: mail, ticket, URL, phone. */
  readonly source: string | null;
  /** Every end that was entered, withdrawn ones included, in the order of entering. */
  readonly ends: readonly ExclusionEnd[];
}

/** Why an exclusion, or a part of it, is not counted. */
export const refusals = [
  'withdrawn',
  'not-provided-for',
  'not-notified',
  'notified-late',
  'notice-too-short',
  'not-approved',
  'no-evidence',
  'beyond-yearly-cap',
] as const;
export type Refusal = (typeof refusals)[number];

/** The refusals in words. */
export const refusalWording: Readonly<Record<Refusal, { en: string; zh: string }>> = {
  withdrawn: { en: 'withdrawn', zh: '已撤回' },
  'not-provided-for': {
    en: 'the contract leaves no maintenance out',
    zh: '合同未约定排除维护时间',
  },
  'not-notified': { en: 'the provider gave no notice', zh: '服务商未预先通知' },
  'notified-late': { en: 'not notified before its start', zh: '未在开始之前通知' },
  'notice-too-short': {
    en: 'notice shorter than the contract asks',
    zh: '通知提前量短于合同要求',
  },
  'not-approved': { en: 'not approved by the customer', zh: '未经客户批准' },
  'no-evidence': { en: 'no evidence given', zh: '未提供证据' },
  'beyond-yearly-cap': { en: 'beyond the yearly limit', zh: '超出年度上限' },
};

/** An exclusion, or the part of it, that is or is not counted. */
export interface Counted {
  readonly exclusion: Exclusion;
  /** Sorted, disjoint. */
  readonly intervals: readonly Interval[];
}

export interface Ruling {
  /** The time to leave out: sorted, disjoint. */
  readonly counted: readonly Interval[];
  /** The same, by exclusion. */
  readonly accepted: readonly Counted[];
  /** What is not left out, and why; an exclusion that passes the yearly cap stands here and above. */
  readonly refused: readonly (Counted & { readonly why: Refusal })[];
}

/**
 * Which exclusions count by the contract's rule. All of them are heard, the withdrawn ones too; those
 * refused stay visible with the reason.
 * @param zone IANA zone of the contract's calendar years
 * @param until the time of judging, wall ms: exclusions still open reach to here
 */
export function countedExclusions(
  rule: MaintenanceRule,
  exclusions: readonly Exclusion[],
  zone: string,
  until: number,
): Ruling {
  const heard = [...exclusions]
    .sort((a, b) => a.from - b.from || a.id - b.id)
    .map((exclusion) => ({ exclusion, why: refusalOf(rule, exclusion) }));
  const passed = heard.filter(({ why }) => why === null).map(({ exclusion }) => exclusion);
  const maintenance = passed.filter(({ kind }) => kind === 'maintenance');
  const allowed = withinYearlyCap(
    maintenance.flatMap((exclusion) => timeOf(exclusion, until)),
    rule.yearlyCap,
    zone,
  );
  const accepted = passed
    .map((exclusion) => ({
      exclusion,
      intervals:
        exclusion.kind === 'maintenance'
          ? intersection(timeOf(exclusion, until), allowed)
          : timeOf(exclusion, until),
    }))
    // One that lies ahead takes no time yet, and is none the less accepted.
    .filter(
      ({ exclusion, intervals }) => intervals.length > 0 || timeOf(exclusion, until).length === 0,
    );
  const capped = maintenance.map((exclusion) => ({
    exclusion,
    intervals: without(timeOf(exclusion, until), allowed),
    why: 'beyond-yearly-cap' as const,
  }));
  const refused = heard.flatMap(({ exclusion, why }) =>
    why === null ? [] : [{ exclusion, intervals: timeOf(exclusion, until), why }],
  );
  return {
    counted: union(accepted.flatMap(({ intervals }) => intervals)),
    accepted,
    refused: [...refused, ...capped.filter(({ intervals }) => intervals.length > 0)],
  };
}

function refusalOf(rule: MaintenanceRule, exclusion: Exclusion): Refusal | null {
  const { kind, from, notifiedAt, approvedBy, evidence, withdrawn } = exclusion;
  if (withdrawn !== null) return 'withdrawn';
  if (kind !== 'maintenance') return evidence === null ? 'no-evidence' : null;
  if (rule.rule === 'none') return 'not-provided-for';
  if (rule.rule === 'approved' && approvedBy === null) return 'not-approved';
  // Approval alone is enough, unless the contract asks for time ahead as well (T4.5).
  if (rule.rule === 'approved' && rule.notice === 0) return null;
  if (notifiedAt === null) return 'not-notified';
  if (notifiedAt >= from) return 'notified-late';
  return from - notifiedAt < rule.notice ? 'notice-too-short' : null;
}

/** Its time up to `until`; a fixed end that lies ahead is kept, for what is announced is known. */
function timeOf({ from, to }: Exclusion, until: number): Interval[] {
  const end = to ?? until;
  return from < end ? [{ from, to: end }] : [];
}

/** The time of the first list that is not in the second; both sorted and disjoint. */
export function without(time: readonly Interval[], taken: readonly Interval[]): Interval[] {
  const gaps = [-Infinity, ...taken.flatMap(({ from, to }) => [from, to]), Infinity];
  const free: Interval[] = [];
  for (let i = 0; i + 1 < gaps.length; i += 2)
    free.push({ from: gaps[i] as number, to: gaps[i + 1] as number });
  return intersection(time, free);
}

/** The time that is in one of two rulings only: what a changed entry touches. */
export function changedTime(one: Ruling, other: Ruling): Interval[] {
  return union([...without(one.counted, other.counted), ...without(other.counted, one.counted)]);
}

/**
 * Minutes of the period that announced maintenance touches, whether it is left out or not (T4.12):
 * what was told before its start and not withdrawn.
 */
export function announcedMinutes(
  exclusions: readonly Exclusion[],
  period: Interval,
  until: number,
): number {
  const announced = exclusions.filter(
    ({ kind, from, notifiedAt, withdrawn }) =>
      kind === 'maintenance' && withdrawn === null && notifiedAt !== null && notifiedAt < from,
  );
  const past = [{ from: period.from, to: Math.max(period.from, Math.min(period.to, until)) }];
  const time = announced.flatMap((exclusion) => intersection(timeOf(exclusion, until), past));
  return minutesIn(union(time.map(wholeMinutes)));
}

function minutesIn(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { from, to }) => sum + (to - from) / minuteLength, 0);
}
