import { type Depth, type Protocol, phasesOf } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import type { Symptom } from './faults.ts';

export const tenantName = 'acme';
export const attemptDeadline = 30_000;

export type Usual = Exclude<Depth, 'send'>;

const lastPhaseAt: Record<Usual, Record<Protocol, string>> = {
  connect: { smtp: 'ehlo', imap: 'greeting', pop: 'greeting', webmail: 'page' },
  login: { smtp: 'auth', imap: 'anchor', pop: 'anchor', webmail: 'list' },
  roundtrip: { smtp: 'logout', imap: 'logout', pop: 'logout', webmail: 'logout' },
};

/** A result as a probe would give it: phases as long as usual, a transcript where it failed. */
export function resultOf(
  protocol: Protocol,
  depth: Usual,
  at: number,
  symptom: Symptom | null,
  given: { readonly duration: number; readonly random: () => number },
): ProbeResult {
  const failedAt = at + (symptom?.silent ? attemptDeadline : 40);
  const endedAt = symptom === null ? at + given.duration : failedAt;
  const last = symptom?.phase ?? lastPhaseAt[depth][protocol];
  const names = phasesOf[protocol];
  const passed = names.slice(0, Math.max(1, names.indexOf(last as never) + 1));
  return {
    tenant: tenantName,
    protocol,
    depth,
    startedAt: at,
    endedAt,
    monotonicStart: at * 1000,
    monotonicEnd: endedAt * 1000,
    phases: passed.map((phase) => ({
      phase,
      microseconds: Math.round(300 + given.random() * 20_000),
    })),
    vouches: symptom === null ? depth : null,
    failure: symptom && {
      phase: symptom.phase,
      reason: symptom.reason,
      kind: symptom.silent ? 'silence' : 'refusal',
      code: symptom.code,
      message: 'the service does not answer as it should',
      provenFrom: symptom.silent ? at + 10 : failedAt,
      provenTo: failedAt,
    },
    address: '192.0.2.17:993',
    tlsVersion: 'TLSv1.3',
    certificateNotAfter: 1_893_456_000_000,
    transcript:
      symptom === null ? '' : '> a1 LOGIN "probe" "***"\n< a1 NO [UNAVAILABLE] try later\n',
    token: null,
    acceptedAt: null,
    sightings: [],
    lookedAt: null,
  };
}
