import { meaningOfAttribution, meaningOfState, meaningOfVerdict } from '../wording.ts';
import { factsEnglish, whyNonesEnglish } from './facts-en.ts';
import { phasesEnglish, reasonsEnglish } from './failures-en.ts';
import type { Terms } from './terms.ts';

const state = <Name extends keyof typeof meaningOfState>(name: Name) => ({
  name,
  meaning: meaningOfState[name],
});

export const termsEnglish: Terms = {
  states: {
    excluded: state('excluded'),
    unavailable: state('unavailable'),
    unknown: state('unknown'),
    suspect: state('suspect'),
    degraded: state('degraded'),
    available: state('available'),
  },
  verdicts: {
    met: 'kept',
    breached: 'broken',
    indeterminate: 'not decided',
    'unknown-value': 'no value',
  },
  verdictMeanings: meaningOfVerdict,
  attributions: meaningOfAttribution,
  protocols: { smtp: 'SMTP', imap: 'IMAP', pop: 'POP', webmail: 'webmail' },
  pageDrivers: {
    browser: 'a browser, to the load event',
    http: 'plain HTTP, the page’s own text only: a browser takes longer',
  },
  depths: {
    connect: 'connection',
    login: 'login',
    roundtrip: 'mail sent and seen',
    send: 'webmail sends too',
  },
  phases: phasesEnglish,
  reasons: reasonsEnglish,
  combinations: {
    any: 'down when any protocol fails',
    all: 'down when every protocol fails',
    cross: 'down when protocols fail one after the other',
  },
  measures: {
    availability: 'availability',
    'unavailable-minutes': 'unavailable minutes of the month',
    'maintenance-minutes': 'announced maintenance of the month',
    'fault-free-days': 'days of the year without a fault',
    'send-delay-mean': 'mean send delay',
    'send-delay-maximum': 'longest send delay',
    'receive-delay-mean': 'mean receive delay',
    'receive-delay-maximum': 'longest receive delay',
    'page-open-mean': 'mean time to open the page',
  },
  remedies: {
    voucher: 'voucher',
    credit: 'credit',
    'service-time': 'service time',
    other: 'other',
  },
  classes: {
    measured: 'measured',
    derived: 'derived',
    recorded: 'recorded',
    unobservable: 'not observable',
  },
  exclusionKinds: {
    maintenance: 'maintenance',
    customer: 'the customer’s cause',
    'force-majeure': 'force majeure',
    attack: 'attack',
    carrier: 'carrier',
    other: 'other cause',
  },
  recordKinds: {
    ticket: 'ticket',
    fee: 'fee',
    invoice: 'invoice',
    claim: 'claim',
    notice: 'notice',
    evidence: 'evidence',
    consent: 'consent',
    'spot-check': 'spot check',
    other: 'other',
  },
  ticketCategories: {
    functional: 'use of a function',
    'send-receive': 'sending or receiving',
    complaint: 'complaint',
    spam: 'spam reported to abuse@',
    activation: 'activation',
    'activation-new-domain': 'activation with a new domain',
    other: 'other',
  },
  ticketChannels: { ticket: 'ticket system', phone: 'phone', mail: 'mail', chat: 'chat' },
  ticketEvents: {
    sent: 'sent',
    acknowledged: 'acknowledged',
    started: 'work started',
    resolved: 'resolved',
  },
  recordTypes: { mx: 'MX', ns: 'NS', spf: 'SPF' },
  routes: {
    loop: 'the mailbox to itself',
    'loop-only': 'the mailbox to itself; mail with other domains is not measured',
    outbound: 'the mailbox to another system (sending)',
    inbound: 'another system to the mailbox (receiving)',
    stamps: 'the mailbox to itself, by its Received stamps',
    pooled: 'sending and receiving together',
  },
  facts: factsEnglish,
  whyNones: whyNonesEnglish,
  claimStandings: {
    'not-due': 'nothing to claim',
    undecided: 'not decided whether there is anything to claim',
    claimable: 'to be claimed now',
    'not-open': 'to be claimed when the window opens',
    lapsed: 'lapsed without having been claimed',
    filed: 'claimed inside the window',
    'filed-outside': 'claimed outside the window',
  },
};
