import type { DelayFigures } from '../domain/delay.ts';
import type { Range } from '../domain/promise.ts';
import { largerRatio } from '../domain/ratio.ts';
import type { Said } from './clause-availability.ts';
import { type Fact, type FactName, quantity, range } from './fact.ts';
import type { MonthReport } from './month.ts';

export const sendDelay = ({ measured }: MonthReport): Said => delayFacts(measured.send);
export const receiveDelay = ({ measured }: MonthReport): Said => delayFacts(measured.receive);

/** Both directions. Measured over the tenant's mail to itself they are one figure, which is shown once. */
export function delay(report: MonthReport): Said {
  const { send, receive } = report.measured;
  const sending = sendDelay(report);
  if (send === receive || typeof sending === 'string') return sending;
  const receiving = receiveDelay(report);
  return typeof receiving === 'string' ? sending : [...sending, ...receiving];
}

export function pageOpen({ measured: { pageOpen: mean } }: MonthReport): Said {
  if (mean === null) return 'not-measured';
  if (mean.denominator === 0) return 'nothing-to-measure';
  return [quantity('mean', 'milliseconds', mean)];
}

const shown = [
  ['mean', 'mean'],
  ['median', 'median'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['maximum', 'maximum'],
] as const satisfies readonly (readonly [FactName, keyof DelayFigures])[];

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
    ...shown.map(([name, key]): Fact => {
      const { least, most: upper } = delays.map((one) => one[key]).reduce(slower);
      return range(name, 'milliseconds', least, upper);
    }),
  ];
}

function slower(one: Range, other: Range): Range {
  return {
    least: largerRatio(one.least, other.least),
    most: one.most === null || other.most === null ? null : largerRatio(one.most, other.most),
  };
}
