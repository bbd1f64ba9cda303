import type { ProvenFailure, Success } from './evidence.ts';
import { minuteLength } from './interval.ts';
import type { Attribution } from './ledger.ts';
import { reaches } from './protocol.ts';
import type { Reason } from './reason.ts';

/** What a reason says of its own cause; `auth-refused` needs the other protocols' evidence as well. */
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
 * Whose fault one failure is (measurement §3). A refused password is the customer's, unless another
 * protocol took the same one within the minute.
 * @param successes of all protocols of the tenant, in the order of time
 */
export function attributionOf(failure: ProvenFailure, successes: readonly Success[]): Attribution {
  if (failure.reason === 'auth-refused' && acceptedElsewhere(failure, successes)) return 'provider';
  return attributionOfReason[failure.reason];
}

function acceptedElsewhere(failure: ProvenFailure, successes: readonly Success[]): boolean {
  return successes.some(
    (success) =>
      success.protocol !== failure.protocol &&
      reaches(success.depth, 'login') &&
      Math.abs(success.at - failure.to) <= minuteLength,
  );
}
