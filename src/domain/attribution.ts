import { type WayProof, wayWasShut } from './control.ts';
import type { DomainChange } from './dns.ts';
import { firstAfter, type ProvenFailure, type Success } from './evidence.ts';
import { minuteLength } from './interval.ts';
import type { Attribution } from './ledger.ts';
import { type Protocol, reaches } from './protocol.ts';
import type { Reason } from './reason.ts';

/** What a reason says of its own cause; other evidence may say otherwise. */
const attributionOfReason: Readonly<Record<Reason, Attribution>> = {
  'name-not-found': 'provider',
  'dns-failed': 'local',
  'no-route': 'local',
  'connection-refused': 'provider',
  'connection-reset': 'provider',
  'connection-closed': 'provider',
  timeout: 'provider',
  'tls-failed': 'provider',
  'certificate-invalid': 'provider',
  'certificate-expired': 'provider',
  'starttls-not-offered': 'provider',
  'protocol-error': 'provider',
  'auth-refused': 'customer',
  'auth-not-offered': 'provider',
  'backend-unavailable': 'provider',
  'temporary-error': 'provider',
  rejected: 'provider',
  throttled: 'throttled',
  'policy-blocked': 'throttled',
  'mailbox-full': 'customer',
  'content-mismatch': 'provider',
  'not-delivered': 'provider',
  'secret-unreadable': 'customer',
  'internal-error': 'local',
};

/**
 * Failures that no way has a part in: a message that a look into the mailbox did not find was seen to
 * be missing, through a way that was open; a password that cannot be read never left the machine.
 */
const withoutWay: ReadonlySet<Reason> = new Set(['not-delivered', 'secret-unreadable']);

/** What is known around a tenant's failures. */
export interface Grounds {
  /** Of all its protocols, in the order of time. */
  readonly successes: readonly Success[];
  /** Of the way out of here, in the order of time. */
  readonly ways: readonly WayProof[];
  /** Of its mail domain, in the order of time. */
  readonly domainChanges: readonly DomainChange[];
  /** A protocol that has a login of its own: what another one accepts says nothing of it. Left out: none. */
  readonly loginApart?: Protocol | null;
}

/** How long after a failure evidence may still come that decides whose fault it is, ms. */
export const decidedWithin = minuteLength;

/**
 * Whose fault one failure is (measurement §3). When the way to other networks was shut, it is ours. A
 * refused password is the customer's, unless another protocol took the same one within the minute.
 */
export function attributionOf(failure: ProvenFailure, grounds: Grounds): Attribution {
  const { reason } = failure;
  if (!withoutWay.has(reason) && wayWasShut(failure, grounds.ways)) return 'local';
  if (reason === 'auth-refused' && acceptedElsewhere(failure, grounds)) return 'provider';
  return attributionOfReason[reason];
}

function acceptedElsewhere(failure: ProvenFailure, grounds: Grounds): boolean {
  const { successes, loginApart = null } = grounds;
  if (failure.protocol === loginApart) return false;
  const [from, to] = [failure.to - decidedWithin, failure.to + decidedWithin];
  for (let i = firstAfter(successes, from - 1); i < successes.length; i++) {
    const success = successes[i] as Success;
    if (success.at > to) return false;
    if (success.protocol === loginApart) continue;
    if (success.protocol !== failure.protocol && reaches(success.depth, 'login')) return true;
  }
  return false;
}
