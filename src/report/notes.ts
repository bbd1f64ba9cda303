import type { Measure } from '../domain/contract.ts';
import type { LegSource } from '../domain/delay-legs.ts';
import type { Bounds } from '../domain/delay-sums.ts';
import { minutesTouched } from '../domain/interval.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { MonthReport } from './month.ts';

/** What a reader must know of how the month was observed. */
export type Note =
  /** Webmail is seen to load its page; nobody logs in to it. */
  | { readonly kind: 'webmail-page-only' }
  /** A script logs in to the webmail, as somebody allowed (T1.29). */
  | { readonly kind: 'webmail-consent'; readonly consent: string }
  | { readonly kind: 'not-observed'; readonly protocols: readonly Protocol[] }
  | { readonly kind: 'one-mailbox' }
  /** People entered what the ledger has not been judged by yet. */
  | { readonly kind: 'not-judged-yet' }
  /** The measured delay is that of sending and receiving together. */
  | { readonly kind: 'loop-delay' }
  /** The delays of a direction come from `Received` stamps; the skew of the last host's clock, ms. */
  | { readonly kind: 'stamped-delay'; readonly skew: Bounds | null };

const delayMeasures: readonly Measure[] = [
  'send-delay-mean',
  'send-delay-maximum',
  'receive-delay-mean',
  'receive-delay-maximum',
];

export function notesOf(report: MonthReport): Note[] {
  const { contract, observed, measured } = report;
  const missing = contract.protocols.filter((protocol) => !observed.has(protocol));
  const { send, receive } = measured.sources ?? { send: 'loop', receive: 'loop' };
  const delays =
    measured.send !== null &&
    contract.promises.some(({ measure }) => delayMeasures.includes(measure));
  const comes = (from: LegSource) => delays && (send === from || receive === from);
  return [
    ...(observed.get('webmail') === 'connect' ? [{ kind: 'webmail-page-only' } as const] : []),
    ...(report.webmailConsent === null
      ? []
      : [{ kind: 'webmail-consent', consent: report.webmailConsent } as const]),
    ...(missing.length > 0 ? [{ kind: 'not-observed', protocols: missing } as const] : []),
    ...(contract.users === null || report.mailboxes !== undefined
      ? []
      : [{ kind: 'one-mailbox' } as const]),
    ...(comes('loop') ? [{ kind: 'loop-delay' } as const] : []),
    ...(comes('stamps') ? [{ kind: 'stamped-delay', skew: measured.skew ?? null } as const] : []),
    ...(isOutdated(report) ? [{ kind: 'not-judged-yet' } as const] : []),
  ];
}

/** Whether an exclusion or a word on whose fault it was is not in the ledger yet. */
function isOutdated({ runs, exclusions, states, closedUntil }: MonthReport): boolean {
  const unheard = runs.some(({ said, attribution }) => {
    const last = said.findLast(({ withdrawn }) => withdrawn === null);
    return last !== undefined && last.attribution !== attribution;
  });
  const closed = (minute: number) => minute < closedUntil && states.has(minute);
  const left = exclusions.flatMap(({ counted }) => counted.flatMap(minutesTouched));
  return unheard || left.some((minute) => closed(minute) && states.get(minute) !== 'excluded');
}
