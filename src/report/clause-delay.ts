import type { Ratio } from '../domain/contract.ts';
import type { DelayFigures } from '../domain/delay.ts';
import { type DelayValue, slowestDelay } from '../domain/readings.ts';
import type { Said } from './clause-availability.ts';
import { type Fact, type FactName, quantity, range, routeFact } from './fact.ts';
import type { MonthReport } from './month.ts';

export const sendDelay = (report: MonthReport): Said => legFacts(report, 'send');
export const receiveDelay = (report: MonthReport): Said => legFacts(report, 'receive');

/** Both directions. Measured over the tenant's mail to itself as a whole they are one figure, which is shown once. */
export function delay(report: MonthReport): Said {
  const { send, receive, pooled = null } = report.measured;
  const sending = sendDelay(report);
  const receiving = receiveDelay(report);
  if (send === receive || typeof sending === 'string' || typeof receiving === 'string')
    return sending;
  const all = pooled === send || pooled === receive ? 'not-measured' : delayFacts(pooled);
  return [
    ...sending,
    ...receiving,
    ...(typeof all === 'string' ? [] : [routeFact('pooled'), ...all]),
  ];
}

/** One direction; from where, unless both come from the loop as a whole. */
function legFacts({ measured }: MonthReport, leg: 'send' | 'receive'): Said {
  const facts = delayFacts(measured[leg]);
  const { send, receive, sources } = measured;
  if (typeof facts === 'string' || sources === undefined || send === receive) return facts;
  return [routeFact(sources[leg]), ...facts];
}

/** By plain HTTP a lower bound only: what the page refers to is not loaded. */
export function pageOpen({ measured: { pageOpen: opening } }: MonthReport): Said {
  if (opening === null) return 'not-measured';
  const { mean, longest, driver } = opening;
  if (mean.denominator === 0) return 'nothing-to-measure';
  const shown = (name: FactName, amount: Ratio): Fact =>
    driver === 'browser'
      ? quantity(name, 'milliseconds', amount)
      : range(name, 'milliseconds', amount, null);
  return [
    { name: 'opened-by', value: { kind: 'page-driver', driver } },
    quantity('pages', 'count', mean.denominator),
    shown('mean', mean),
    shown('maximum', longest),
  ];
}

const shown = ['mean', 'median', 'p95', 'p99', 'maximum'] as const satisfies readonly (FactName &
  DelayValue)[];

/** Of several readers the slowest one's value, as in the verdicts. */
function delayFacts(delays: readonly DelayFigures[] | null): Said {
  if (delays === null) return 'not-measured';
  if (delays.length === 0) return 'nothing-to-measure';
  const most = (count: (figures: DelayFigures) => number) => Math.max(...delays.map(count));
  return [
    quantity(
      'messages',
      'count',
      most(({ messages }) => messages),
    ),
    quantity(
      'undelivered',
      'count',
      most(({ undelivered }) => undelivered),
    ),
    ...shown.flatMap((name): Fact[] => {
      const slowest = slowestDelay(delays, name);
      if (typeof slowest === 'string') return [];
      return [range(name, 'milliseconds', slowest.least, slowest.most)];
    }),
  ];
}
