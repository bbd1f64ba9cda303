/**
 * Why an attempt failed: a closed set, so that it can be a metric label and a report's word.
 * A library's or server's own text never becomes one; it is translated once, at the probe's edge.
 */
export const reasons = [
  'name-not-found', // DNS: the name or the address record does not exist (RFC 2308)
  'dns-failed', // DNS: no answer, or SERVFAIL / REFUSED
  'no-route', // the machine has no way to the address: ours, not the provider's
  'connection-refused',
  'connection-reset',
  'connection-closed', // the peer ended the dialogue where an answer was due
  'timeout', // an answer was due and did not come by the deadline
  'tls-failed',
  'certificate-invalid', // name, issuer or chain
  'certificate-expired',
  'starttls-not-offered',
  'protocol-error', // what came is not this protocol, or passes its limits
  'auth-refused',
  'auth-not-offered', // no mechanism in common
  'backend-unavailable', // webmail: its page came, and says that the mail server behind it did not answer
  'temporary-error', // 4xx, [UNAVAILABLE], [SYS/TEMP], HTTP 5xx
  'rejected', // 5xx, NO, -ERR, HTTP 4xx
  'throttled', // 421 limit, [LIMIT], [LOGIN-DELAY], 429
  'policy-blocked', // 5.7.1 and the like: our address or our mail is not wanted
  'mailbox-full',
  'content-mismatch', // the page came, but is not the page it should be
  'not-delivered', // accepted, and not visible after the delivery allowance
  'secret-unreadable', // our own side could not read the password
  'internal-error', // a fault of mailminute itself
] as const;
export type Reason = (typeof reasons)[number];
