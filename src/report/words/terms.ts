import type { ClauseClass, RecordKind } from '../../domain/clause.ts';
import type { Combination, Measure, Remedy } from '../../domain/contract.ts';
import type { RecordType } from '../../domain/dns.ts';
import type { ExclusionKind } from '../../domain/exclusion.ts';
import type { Attribution, MinuteState } from '../../domain/ledger.ts';
import type { PromiseVerdict } from '../../domain/promise.ts';
import type { Depth, Phase, Protocol } from '../../domain/protocol.ts';
import type { Reason } from '../../domain/reason.ts';
import type { TicketCategory, TicketChannel, TicketEventKind } from '../../domain/record.ts';
import type { PageDriver } from '../../domain/result.ts';
import type { ClaimStanding, FactName, RouteShown, WhyNone } from '../fact.ts';

type Each<Key extends string, Value = string> = Readonly<Record<Key, Value>>;

/** The words of one language for everything that has a closed set of names. */
export interface Terms {
  readonly states: Each<MinuteState, { readonly name: string; readonly meaning: string }>;
  readonly verdicts: Each<PromiseVerdict['verdict']>;
  /** What an availability verdict means, as a sentence without its end. */
  readonly verdictMeanings: Each<'met' | 'breached' | 'indeterminate'>;
  readonly attributions: Each<Attribution>;
  readonly protocols: Each<Protocol>;
  readonly depths: Each<Depth>;
  readonly pageDrivers: Each<PageDriver>;
  readonly phases: Each<Phase>;
  readonly reasons: Each<Reason>;
  readonly combinations: Each<Combination>;
  readonly routes: Each<RouteShown>;
  readonly measures: Each<Measure>;
  readonly remedies: Each<Remedy['kind']>;
  readonly classes: Each<ClauseClass>;
  readonly exclusionKinds: Each<ExclusionKind>;
  readonly recordKinds: Each<RecordKind>;
  readonly ticketCategories: Each<TicketCategory>;
  readonly ticketChannels: Each<TicketChannel>;
  readonly ticketEvents: Each<TicketEventKind>;
  readonly recordTypes: Each<RecordType>;
  readonly facts: Each<FactName>;
  readonly whyNones: Each<WhyNone>;
  readonly claimStandings: Each<ClaimStanding>;
}
