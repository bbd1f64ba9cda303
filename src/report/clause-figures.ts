import type { ClauseFigure } from '../domain/clause.ts';
import * as availability from './clause-availability.ts';
import * as delay from './clause-delay.ts';
import * as evidence from './clause-evidence.ts';
import type { MonthReport } from './month.ts';
import * as push from './push.ts';

/** What each figure says of a month. A figure without a source says so; none is ever made up. */
export const clauseFigureOf: Readonly<
  Record<ClauseFigure, (report: MonthReport) => availability.Said>
> = {
  availability: availability.availability,
  'unavailable-minutes': availability.unavailableMinutes,
  'total-minutes': availability.totalMinutes,
  denominator: availability.denominator,
  protocols: evidence.protocols,
  threshold: evidence.threshold,
  users: evidence.users,
  outages: evidence.outages,
  union: evidence.unionOfProtocols,
  period: availability.period,
  connectivity: availability.connectivity,
  tier: availability.tier,
  'claim-opens': availability.claimOpens,
  'claim-lapses': availability.claimLapses,
  maintenance: availability.maintenance,
  'maintenance-minutes': availability.maintenanceMinutes,
  attribution: evidence.attribution,
  'fault-free-days': availability.faultFreeDays,
  'send-delay': delay.sendDelay,
  'receive-delay': delay.receiveDelay,
  delay: delay.delay,
  'page-open': delay.pageOpen,
  deliveries: push.books,
  bounces: push.bounces,
  delivered: push.delivered,
  'valid-requests': push.validRequests,
  billing: push.billing,
  recipients: push.recipients,
  throttling: evidence.throttling,
  dns: evidence.domainChanges,
  'agreement-hash': evidence.agreementHash,
};
