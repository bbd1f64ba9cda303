import { type Interval, lengthOf, union } from '../domain/interval.ts';
import { attributions } from '../domain/ledger.ts';
import { reaches } from '../domain/protocol.ts';
import { whole } from '../domain/ratio.ts';
import type { Said } from './clause-availability.ts';
import { type Fact, quantity, range, routeFact } from './fact.ts';
import { countedMinutes, unavailableByProtocol } from './minutes.ts';
import type { MonthReport } from './month.ts';
import { budgetFacts } from './push.ts';

export function protocols(report: MonthReport): Said {
  const { contract, observed } = report;
  const missing = contract.protocols.filter((protocol) => !observed.has(protocol));
  const sends = [...observed.values()].some((depth) => reaches(depth, 'roundtrip'));
  return [
    { name: 'depths', value: { kind: 'depths', depths: [...observed] } },
    ...(missing.length === 0
      ? []
      : [
          {
            name: 'not-observed',
            value: { kind: 'protocols', protocols: missing },
          } as const satisfies Fact,
        ]),
    ...(sends ? routeFacts(report) : []),
  ];
}

/** The ways that mail was sent on: T4.1 promises sending and receiving, inside and outside. */
function routeFacts({ measured: { routes = [] } }: MonthReport): Fact[] {
  if (routes.length === 0) return [routeFact('loop-only')];
  return (['loop', ...routes] as const).map((route) => routeFact(route));
}

export function threshold({ contract }: MonthReport): Said {
  return [
    quantity('threshold', 'milliseconds', contract.threshold),
    { name: 'combination', value: { kind: 'combination', combination: contract.combination } },
  ];
}

/** With one mailbox the share that fails is the whole of what is probed, or nothing of it. */
export function users({ contract, mailboxes, runs, verdicts: { figures } }: MonthReport): Said {
  if (contract.users === null) return 'no-users-limit';
  const { share, inclusive } = contract.users;
  const comparison = inclusive ? 'at-least' : 'above';
  return [
    quantity('mailboxes', 'count', mailboxes?.length ?? 1),
    ...(mailboxes === undefined
      ? []
      : [quantity('most-failing', 'count', mostFailingAtOnce(runs))]),
    { name: 'users-limit', value: { kind: 'limit', comparison, limit: share } },
    range('failed-minutes', 'minutes', whole(figures.proven), whole(figures.possible)),
  ];
}

/** How many mailboxes at most were proven to fail at the same instant, by the provider's fault. */
function mostFailingAtOnce(runs: MonthReport['runs']): number {
  const failed = runs.filter(({ attribution }) => attribution === 'provider');
  const own = [...new Set(failed.map(({ mailbox }) => mailbox))].map((mailbox) =>
    union(failed.filter((run) => run.mailbox === mailbox).flatMap(({ certain }) => certain)),
  );
  // The most fail where one of them begins to.
  const begins = own.flatMap((pieces) => pieces.map(({ from }) => from));
  const failing = (at: number) =>
    own.filter((pieces) => pieces.some(({ from, to }) => from <= at && at < to)).length;
  return Math.max(0, ...begins.map(failing));
}

export function outages({ runs }: MonthReport): Said {
  const failed = runs.filter(({ attribution }) => attribution === 'provider');
  const longest = (intervals: readonly Interval[]) => Math.max(0, ...intervals.map(lengthOf));
  const ended = failed.filter(({ open }) => !open).map(({ possible }) => possible.to);
  return [
    quantity('outages', 'count', failed.length),
    ...(failed.length === 0
      ? []
      : [
          quantity('longest-certain', 'milliseconds', longest(failed.flatMap((r) => r.certain))),
          quantity('longest-possible', 'milliseconds', longest(failed.map((r) => r.possible))),
        ]),
    ...(ended.length === 0
      ? []
      : [
          {
            name: 'last-recovery',
            value: { kind: 'instant', instant: Math.max(...ended) },
          } as const satisfies Fact,
        ]),
  ];
}

export function unionOfProtocols(report: MonthReport): Said {
  const minutes = [...unavailableByProtocol(report)];
  const sum = minutes.reduce((total, [, own]) => total + own, 0);
  return [
    quantity('union', 'minutes', report.verdicts.figures.proven),
    { name: 'by-protocol', value: { kind: 'by-protocol', minutes } },
    quantity('sum', 'minutes', sum),
  ];
}

export function attribution({ runs, states }: MonthReport): Said {
  const facts = attributions.map((attribution): Fact => {
    const own = runs.filter((run) => run.attribution === attribution);
    const certain = own.flatMap((run) => run.certain);
    const value = {
      kind: 'blame',
      attribution,
      runs: own.length,
      certain: union(certain).reduce((sum, piece) => sum + lengthOf(piece), 0),
      counted: attribution === 'provider' ? countedMinutes({ certain }, states) : 0,
    } as const;
    return { name: 'blame', value };
  });
  const happened = facts.filter(({ value }) => value.kind === 'blame' && value.runs > 0);
  return happened.length > 0 ? happened : [quantity('outages', 'count', 0)];
}

export function throttling(report: MonthReport): Said {
  const { runs } = report;
  const turnedAway = runs.filter(({ attribution }) => attribution === 'throttled');
  const attempts = turnedAway.reduce((sum, run) => sum + run.attempts, 0);
  return [quantity('throttled-attempts', 'count', attempts), ...budgetFacts(report)];
}

export function domainChanges({ domainChanges: changes }: MonthReport): Said {
  return changes === null ? 'not-watched' : [quantity('changes', 'count', changes.length)];
}

export function agreementHash({ contract: { agreement } }: MonthReport): Said {
  if (agreement === null || agreement.sha256 === null) return 'no-hash';
  return [
    ...(agreement.published === null
      ? []
      : [
          {
            name: 'published',
            value: { kind: 'day', day: agreement.published, provisional: false },
          } as const satisfies Fact,
        ]),
    { name: 'hash', value: { kind: 'quoted', text: agreement.sha256 } },
  ];
}
