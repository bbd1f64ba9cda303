import type { Outcome } from '../answer.ts';
import { formatDuration, plainPercent } from '../wording.ts';
import type { Sentences } from './words.ts';

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
];

const count = (number: number | string, one: string, many = `${one}s`) =>
  `${number} ${String(number) === '1' ? one : many}`;

const month = (text: string) => `${months[Number(text.slice(5)) - 1]} ${text.slice(0, 4)}`;

const outcomes: Readonly<Record<Outcome, (availability: string, lower: string) => string>> = {
  kept: (upper, lower) => `availability ${upper} (at least ${lower}) — promise kept`,
  'kept-so-far': (upper, lower) =>
    `availability ${upper} (at least ${lower}) — promise kept so far`,
  broken: (upper, lower) => `availability ${upper} (at least ${lower}) — promise broken`,
  open: (upper, lower) => `availability ${upper} (at least ${lower}) — not decided yet`,
  undecided: (upper, lower) =>
    `availability ${upper} (at least ${lower}) — the evidence does not decide whether the promise was kept`,
  'no-promise': (upper, lower) =>
    `availability ${upper} (at least ${lower}) — the contract promises no availability`,
  'not-rented': () => 'the service was not rented in this month',
  ahead: () => 'nothing is judged yet',
};

export const sayEnglish: Sentences = {
  title: (tenant, text) => `Mail availability of ${tenant}, ${month(text)}`,
  month,
  percent: (digits) => `${digits} %`,
  minutes: (number) => count(number, 'minute'),
  days: (number) => count(number, 'day'),
  times: (number) => count(number, 'time'),
  duration: formatDuration,
  wholeDuration: (number, unit) =>
    `${number} ${{ hours: 'h', minutes: 'min', seconds: 's' }[unit]}`,
  span: (from, to) => `${from} up to ${to}`,
  range: (least, most) => `${least} to ${most}`,
  compared: (comparison, value) =>
    `${{ 'at-least': 'at least', 'at-most': 'at most', below: 'less than', above: 'more than' }[comparison]} ${value}`,
  provisional: (day) => `${day} (provisional: the working days of that year are not published)`,
  open: (value) => `${value}, still open`,
  openSince: (from) => `from ${from} on, without an end yet`,
  instant: (moment) => `${moment}   (this instant)`,
  outcome: (outcome, availability, lower) => outcomes[outcome](availability, lower),
  alsoBroken: (clauses) => `further promises broken: ${clauses}`,
  credit: (credit, final) => `credit${final ? '' : ' so far'}: ${credit}`,
  claim: (first, last) => `claim from ${first} to ${last}`,
  tier: (tier) => {
    if (tier === null) return 'none';
    if (tier.credit === null) return `${count(tier.serviceDays ?? 0, 'day')} of service`;
    return `${plainPercent(tier.credit)} % of the month’s fee`;
  },
  noTarget: 'no availability promised',
  promised: (target, combination, threshold) =>
    `${target} a month; ${combination} for at least ${threshold}`,
  provenOf: (proven, total) => `${proven} of ${total} minutes proven unavailable`,
  possibleOf: (possible, total) => `${possible} of ${total} minutes possibly so`,
  coverage: 'of the minutes judged so far are not unknown',
  aheadOf: (minutes) =>
    `${count(minutes, 'minute')} still to come: not lost in the figures above, open in the verdict`,
  nothingExcluded: 'the same: no minute is excluded',
  noPromisedAvailability: 'none: the contract promises no availability',
  aheadMeaning: 'minutes of the period that are not judged yet',
  togetherMeaning: 'the minutes of the period',
  run: (protocol, depth, reason, phase) =>
    `${protocol}, depth ${depth}: ${reason} in phase ${phase}`,
  attempts: (attempts, confirmed) =>
    `${count(attempts, 'failed attempt')}, ${confirmed ? 'confirmed' : 'unconfirmed'}`,
  byEvidence: (attribution) => `by the evidence alone: ${attribution}`,
  said: (attribution, who, when) => `to ${attribution} by ${who} on ${when}`,
  enteredBy: (who, when) => `by ${who} on ${when}`,
  withdrawnBy: (who, when, why) => `WITHDRAWN by ${who} on ${when}: ${why}`,
  notified: (when) => (when === null ? 'not notified' : `notified ${when}`),
  approved: (who) => (who === null ? 'not approved' : `approved by ${who}`),
  source: (source) => `source ${source}`,
  evidence: (reference) => `evidence: ${reference}`,
  note: (note) => `note: ${note}`,
  results: (first, last, number, command) =>
    `${first === last ? `result ${first}` : `results ${first}–${last} (${number} of them failed)`}; printed by: ${command}`,
  noResults: 'no result is stored',
  unavailableMinutes: (minutes) => count(minutes, 'unavailable minute'),
  fixedDenominator: (minutes) => `always ${minutes} minutes`,
  calendarDenominator: 'the minutes of the calendar month, cut to the time rented',
  blame: (attribution, runs, certain, counted) =>
    `${attribution}, ${count(runs, 'failure')}, proven for ${certain}${counted > 0 ? `, ${count(counted, 'unavailable minute')}` : ''}`,
  excused: (times) => `${count(times, 'time')} excused`,
  passed: (times) => `passed ${times}`,
  responded: (number, longest, mean) =>
    `${count(number, 'ticket')} sent${longest === null ? '' : `; response after ${longest} at the longest, ${mean} on average`}`,
  answered: (answered, calls) => `${answered} of ${calls} calls answered by a person`,
  resolved: (tickets, resolved) => `${count(tickets, 'ticket')}, ${resolved} resolved`,
  resolvedAfter: (elapsed) => (elapsed === null ? 'not resolved' : `resolved after ${elapsed}`),
  respondedAfter: (elapsed) => (elapsed === null ? 'no response' : `response after ${elapsed}`),
  dueBy: (moment, provisional) =>
    `due by ${moment}${provisional ? ' (provisional: the working days of that year are not published)' : ''}`,
  failedUntil: (when) => `the probes saw it fail until ${when}`,
  fee: (amount, first, number, vouchers) =>
    `${amount} for ${number === 1 ? first : `${number} months from ${first}`}, ${vouchers} of it by vouchers`,
  validRequests: (number) => count(number, 'valid request'),
  forMonth: (text) => `for ${text}`,
  spotCheck: (passed, tried) => `${passed} of ${tried} samples as promised`,
  webmailConsent: (consent) => `A script logs in to the webmail, with this consent: ${consent}`,
  webmailPageOnly:
    'Webmail is observed at page depth only: its login page is loaded, nobody logs in. Failures behind the page are not seen.',
  notObserved: (protocols) =>
    `The contract names ${protocols}, which the configuration of this tenant does not: nothing is known of it.`,
  oneMailbox:
    'The share of users is estimated over one probe mailbox: when it fails, all of what is probed fails.',
  stampedDelay: (skew) =>
    `Where no route of its own measures sending or receiving, the delay of mail from the mailbox to itself is divided by its Received stamps: whole seconds, by clocks that are not ours, believed only as far as cause and effect allow.${skew === null ? '' : ` The last host's clock is ahead of ours by ${skew}.`}`,
  loopDelay:
    'Delays are measured on mail from the mailbox to itself. Sending and receiving take that time together, so it bounds each of the two from above: it can show that a limit was kept, never that one was broken.',
  notJudgedYet:
    'Exclusions or changes of attribution were entered that the figures do not have yet: the daemon judges them anew, or "mailminute recompute" does.',
  seal: (day, hash, command) =>
    `The evidence and the entries up to ${day} (UTC) are sealed; newest hash of the chain: ${hash}. Whoever holds this report can have it proven that none of them was altered or removed since: ${command}`,
  noSeal: 'No day of evidence is sealed yet.',
  notWatched: 'The DNS records of the mail domain were never looked up.',
  final: 'Every minute of this period is final.',
  provisionalFrom: (moment) =>
    `Results are provisional from ${moment} on: minutes after that instant may still change their state as evidence arrives.`,
  none: 'None.',
  nothing: 'nothing',
};
