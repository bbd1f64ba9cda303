import { bounceClasses, type Fate, fates, type Route, routes } from '../domain/message.ts';
import { pushOutcomes } from '../domain/push.ts';
import { fullest } from '../domain/quota.ts';
import type { Quota } from '../domain/result.ts';
import type { Families } from './families.ts';
import type { MessageCounts } from './observation.ts';
import type { SeriesMemory } from './series.ts';

/** Messages of these fates came into the mailbox. */
const arrived: readonly Fate[] = ['on-time', 'late', 'junk', 'duplicate'];

/**
 * Writes what became of a tenant's messages; of routes that nothing takes there is no series.
 * @param now wall ms
 */
export function writeMessages(
  families: Families,
  series: SeriesMemory,
  tenant: string,
  { counts, bounces: bounced, oldestPending, push }: MessageCounts,
  now: number,
): void {
  const { messages, junk, bounces, pendingAge } = families;
  const used = routes.filter((route) => counts.some((one) => one.route === route));
  const count = (route: Route, fate: Fate) =>
    counts.find((one) => one.route === route && one.fate === fate)?.messages ?? 0;
  series.replace(
    messages,
    { tenant },
    used.flatMap((route) =>
      fates.map((fate) => ({ labels: { route, fate }, value: count(route, fate) })),
    ),
  );
  series.replace(
    junk,
    { tenant },
    used.flatMap((route) => {
      const all = arrived.reduce((sum, fate) => sum + count(route, fate), 0);
      return all === 0 ? [] : [{ labels: { route }, value: count(route, 'junk') / all }];
    }),
  );
  for (const one of bounceClasses) {
    const value = bounced.find((bounce) => bounce.class === one)?.messages ?? 0;
    series.set(bounces, { tenant, class: one }, value);
  }
  series.replace(
    pendingAge,
    { tenant },
    used.map((route) => {
      const since = oldestPending.find((one) => one.route === route)?.since ?? now;
      return { labels: { route }, value: Math.max(0, now - since) / 1000 };
    }),
  );
  writePush(families, series, tenant, push);
}

/** Without a push service there is no series. */
function writePush(
  { pushMessages, pushBudget, pushBudgetLeft }: Families,
  series: SeriesMemory,
  tenant: string,
  push: MessageCounts['push'],
): void {
  const ofOne = (value: number | undefined) => (value === undefined ? [] : [{ labels: {}, value }]);
  const outcomes = push === null ? [] : pushOutcomes;
  series.replace(
    pushMessages,
    { tenant },
    outcomes.map((outcome) => ({ labels: { outcome }, value: push?.counts[outcome] ?? 0 })),
  );
  series.replace(pushBudget, { tenant }, ofOne(push?.budget));
  series.replace(pushBudgetLeft, { tenant }, ofOne(push?.left));
}

/** Leaves the series as it is where the server tells of no limit. */
export function writeQuota(
  { quota }: Families,
  series: SeriesMemory,
  tenant: string,
  quotas: readonly Quota[],
): void {
  const share = fullest(quotas);
  if (share !== null) series.set(quota, { tenant }, share.numerator / share.denominator);
}
