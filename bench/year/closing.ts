import { openAssessor } from '../../src/assess/assess.ts';
import { monthOf } from '../../src/domain/calendar.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { minuteLength } from '../../src/domain/interval.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import type { Connection } from '../../src/store/open.ts';
import type { openGenerator } from './generate.ts';

/** As often as the daemon judges, ms. */
const tick = 5_000;

/** What one tick of the daemon's judging took while minutes passed, ms. */
export interface Closing {
  readonly median: number;
  readonly p99: number;
  readonly ticks: number;
}

/** Lives through `minutes` from `at` on as a daemon does: judges every 5 s, closes what is final. */
export function closeMinutes(
  connection: Connection,
  generator: ReturnType<typeof openGenerator>,
  { tenant, contract }: { readonly tenant: Tenant; readonly contract: Contract },
  at: number,
  minutes: number,
): Closing {
  const assessor = openAssessor(connection);
  assessor.close(tenant, contract, at);
  const taken: number[] = [];
  for (let now = at; now < at + minutes * minuteLength; now += tick) {
    generator.live({ from: now, to: now + tick });
    const began = performance.now();
    const open = assessor.close(tenant, contract, now + tick);
    const month = monthOf(now, contract.zone ?? tenant.zone);
    assessor.snapshot(tenant, contract, month, now + tick, open);
    taken.push(performance.now() - began);
  }
  taken.sort((a, b) => a - b);
  const share = (part: number) => taken[Math.floor(part * (taken.length - 1))] ?? 0;
  return { median: share(0.5), p99: share(0.99), ticks: taken.length };
}
