import type { Ratio } from './contract.ts';
import type { Quota } from './result.ts';

/** So little room and no probe message fits: units of 1024 octets, or messages. */
const leastRoom: Readonly<Record<Quota['resource'], number>> = { storage: 4, message: 1 };

/** The limit that is used most, as an exact share; null where no limit is known. */
export function fullest(quotas: readonly Quota[]): Ratio | null {
  const [first] = quotas.toSorted((one, other) => other.used * one.limit - one.used * other.limit);
  return first === undefined ? null : { numerator: first.used, denominator: first.limit };
}

/** Whether there is no room for a message; null where no limit is known. */
export function isFull(quotas: readonly Quota[]): boolean | null {
  if (quotas.length === 0) return null;
  return quotas.some(({ resource, used, limit }) => limit - used < leastRoom[resource]);
}

/** From this share on people are told, percent. */
const warnFrom = 90;

export function isNearlyFull(quotas: readonly Quota[]): boolean {
  return quotas.some(({ used, limit }) => used * 100 >= limit * warnFrom);
}
