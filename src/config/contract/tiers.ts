import { z } from 'zod';
import type { Ratio, Tier } from '../../domain/contract.ts';
import { compareRatios } from '../../domain/ratio.ts';
import type { Section } from '../section.ts';
import { value } from '../values.ts';
import { formatShare, positiveShareExpected, readPositiveShare, share } from './share.ts';
import { integer } from './words.ts';

const tierShape = z.strictObject({
  from: share,
  to: share,
  credit: value({ expected: positiveShareExpected, read: readPositiveShare, fallback: null }),
  service_days: integer(1, 366, null),
});

/** `tiers:`, the best first; null after reporting the fault of any. */
export function readTiers(section: Section): readonly Tier[] | null {
  const entries = section.list('tiers', 0, 20);
  if (entries === null) return null;
  const tiers = entries.map(readTier);
  return tiers.includes(null) ? null : tiers.filter((tier) => tier !== null);
}

function readTier(section: Section): Tier | null {
  const decoded = section.decode(tierShape);
  if (decoded === null) return null;
  const { from, to, credit, service_days: days } = decoded;
  if (compareRatios(from, to) >= 0) {
    section
      .at('from')
      .fault(`expected less than to, ${formatShare(to)}, found ${formatShare(from)}`);
    return null;
  }
  if ((credit === null) === (days === null)) {
    const found = credit === null ? 'neither' : 'both';
    section.fault(`expected exactly one of credit and service_days, found ${found}`);
    return null;
  }
  return days === null ? { from, to, credit } : { from, to, credit: null, serviceDays: days };
}

/**
 * Tiers are `[from, to)`: every availability below the target must lie in exactly one of them.
 * Written the best first, so each ends where the one before it begins.
 */
export function checkTiers(section: Section, tiers: readonly Tier[], target: Ratio | null): void {
  const last = tiers.at(-1);
  if (last === undefined) return;
  if (target === null) {
    section.fault('expected a target with tiers, found none');
    return;
  }
  tiers.forEach((tier, position) => {
    const place = section.at(position).at('to');
    const above = tiers[position - 1];
    if (above === undefined) checkTop(place, tier, target);
    else checkNeighbours(place, tier, above, position);
  });
  if (last.from.numerator > 0) {
    const lowest = formatShare(last.from);
    section
      .at(tiers.length - 1)
      .at('from')
      .fault(
        `expected 0% in the last tier, found ${lowest}: a gap, availability below ${lowest} would have no tier`,
      );
  }
}

function checkTop(section: Section, tier: Tier, target: Ratio): void {
  const order = compareRatios(tier.to, target);
  if (order === 0) return;
  const why =
    order < 0
      ? `availability from ${formatShare(tier.to)} to below the target would have no tier`
      : 'availability that meets the target would have a credit';
  section.fault(
    `expected the target, ${formatShare(target)}, in the first tier, found ${formatShare(tier.to)}: ${why}`,
  );
}

function checkNeighbours(section: Section, tier: Tier, above: Tier, position: number): void {
  const order = compareRatios(tier.to, above.from);
  if (order === 0) return;
  const [upper, found] = [formatShare(above.from), formatShare(tier.to)];
  const why =
    order < 0
      ? `a gap, availability from ${found} to below ${upper} would have no tier`
      : `an overlap, availability from ${upper} to below ${found} would have two tiers`;
  section.fault(
    `expected ${upper}, where tiers[${position - 1}] begins (the best first), found ${found}: ${why}`,
  );
}
