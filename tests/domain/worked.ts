import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeContract } from '../../src/config/contract.ts';
import { formatFault } from '../../src/config/fault.ts';
import type { Findings } from '../../src/config/section.ts';
import type { Contract, Measure } from '../../src/domain/contract.ts';
import type { MinuteCount } from '../../src/domain/ledger.ts';
import type { PromiseVerdict } from '../../src/domain/promise.ts';
import { nothingMeasured } from '../../src/domain/readings.ts';
import {
  type MonthObservation,
  type MonthVerdicts,
  verdictsOf,
} from '../../src/domain/verdicts.ts';

/** A contract that comes with the program: the worked months are worked with what users get. */
export function shipped(name: string): Contract {
  const path = fileURLToPath(new URL(`../../config/contracts/${name}.yaml`, import.meta.url));
  const findings: Findings = { faults: [], warnings: [] };
  const contract = decodeContract(readFileSync(path, 'utf8'), path, { findings });
  if (contract === null) throw new Error(findings.faults.map(formatFault).join('\n'));
  return contract;
}

export function minutesOf(total: number, states: Partial<MinuteCount> = {}): MinuteCount {
  const zero = { excluded: 0, unavailable: 0, unknown: 0, suspect: 0, degraded: 0 };
  const others = Object.values(states).reduce((sum, one) => sum + one, 0);
  return { ...zero, ...states, available: total - others };
}

/** A month that is over, in which `unavailable` of its `total` minutes were lost and all others known. */
export function monthOf(
  contract: Contract,
  month: string,
  total: number,
  unavailable: number,
  more: Partial<MonthObservation> = {},
): MonthVerdicts {
  return verdictsOf(contract, {
    ...nothingMeasured,
    month,
    zone: 'Asia/Shanghai',
    service: { from: null, until: null },
    minutes: minutesOf(total, { unavailable }),
    withoutExclusions: null,
    ...more,
  });
}

/** How the contract's only promise of a clause stands, or its only one about `measure`. */
export function promiseOf(
  verdicts: MonthVerdicts,
  clause: string,
  measure?: Measure,
): PromiseVerdict {
  const [found, ...others] = verdicts.promises.filter(
    ({ promise }) =>
      promise.clause === clause && (measure === undefined || promise.measure === measure),
  );
  if (found === undefined || others.length > 0) throw new Error(`not one promise of ${clause}`);
  return found;
}

/** The credits of the tiers in per cent of the fee, null for none. */
export function creditsOf(tiers: MonthVerdicts['tiers']): (number | null)[] {
  return tiers
    .map((tier) => tier?.credit && (100 * tier.credit.numerator) / tier.credit.denominator)
    .map((credit) => credit ?? null);
}
