import type { Contract } from '../domain/contract.ts';
import { protocols } from '../domain/protocol.ts';
import { formatDuration } from './duration.ts';
import type { Section } from './section.ts';

interface Paces {
  readonly connect_interval: number;
  readonly roundtrip_interval: number;
}

/** Refuses what could never be judged by the contract, and warns of what would be judged in part only. */
export function checkJudging(
  section: Section,
  contract: Contract | null,
  paces: Paces | null,
): void {
  const own = protocols.filter((protocol) => section.has(protocol));
  // A push service's submission is judged where the tenant has no other.
  const pushed = section.has('push') && !own.includes('smtp');
  const present = protocols.filter(
    (protocol) => own.includes(protocol) || (pushed && protocol === 'smtp'),
  );
  if (present.length === 0) {
    section.fault(`expected at least one of ${protocols.join(', ')}, found none`);
    return;
  }
  if (contract === null) return;
  const judged = contract.protocols.filter((protocol) => present.includes(protocol));
  const absent = contract.protocols.filter((protocol) => !present.includes(protocol));
  const promise = `contract ${contract.name} names ${contract.protocols.join(', ')}`;
  if (judged.length === 0) {
    section.fault(`${promise}, and this tenant has none of them`);
  } else if (absent.length > 0) {
    section.warn(`${promise}; this tenant has no ${absent.join(', ')}, which stays unjudged`);
  }
  const reader = present.some((protocol) => protocol !== 'smtp');
  if (contract.depth === 'roundtrip' && !(reader && own.includes('smtp'))) {
    section.fault(
      `contract ${contract.name} judges round trips, which need smtp and one of imap, pop, webmail`,
    );
  }
  if (paces !== null) checkPace(section, contract, paces);
}

/**
 * A stretch of the threshold's length without evidence at the contract's depth makes its minutes unknown.
 * Intervals vary by 10 %, so an interval must stay below ten elevenths of the threshold.
 */
function checkPace(section: Section, contract: Contract, paces: Paces): void {
  const byConnect =
    contract.depth === 'connect' && paces.connect_interval < paces.roundtrip_interval;
  const key = byConnect ? 'connect_interval' : 'roundtrip_interval';
  const interval = paces[key];
  const gap = formatDuration(Math.ceil((interval * 11) / 10));
  const threshold = formatDuration(contract.threshold);
  if (interval * 11 >= contract.threshold * 10) {
    const longest = Math.floor((contract.threshold * 10 - 1) / 11 / 1000) * 1000;
    section
      .at(key)
      .fault(
        `expected at most ${formatDuration(longest)}, found ${formatDuration(interval)}: intervals vary by 10 %, and ${gap} without evidence would be unknown, not available (threshold of contract ${contract.name}: ${threshold})`,
      );
  } else if (interval * 12 > contract.threshold * 10) {
    section
      .at(key)
      .warn(
        `gaps reach ${gap}: a slow answer will make minutes unknown (threshold of contract ${contract.name}: ${threshold})`,
      );
  }
}
