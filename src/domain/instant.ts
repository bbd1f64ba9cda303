import { Temporal } from 'temporal-polyfill';

/** Why a text is no instant; `missing` and `twice` where the clocks change. */
export type NoInstant = 'malformed' | 'missing' | 'twice';

const withOffset = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const local = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?$/;

/**
 * Reads an instant as a person writes it: ISO 8601 with an offset (`2026-10-03T12:30:00+08:00`, `…Z`), or
 * `2026-10-03 12:30` by the clocks of the zone. A local time that these clocks skip, or show twice, is
 * none: the offset must say which is meant. A second 60 does not exist in POSIX time and is refused.
 * @returns wall ms
 */
export function parseInstant(text: string, zone: string): number | NoInstant {
  try {
    if (/:60(?:[.Z+-]|$)/.test(text)) return 'malformed';
    if (withOffset.test(text)) return Temporal.Instant.from(text).epochMilliseconds;
    if (!local.test(text)) return 'malformed';
    return inZone(Temporal.PlainDateTime.from(text.replace(' ', 'T')), zone);
  } catch {
    return 'malformed';
  }
}

function inZone(time: Temporal.PlainDateTime, zone: string): number | NoInstant {
  const earlier = time.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const later = time.toZonedDateTime(zone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return earlier.epochMilliseconds;
  return earlier.toPlainDateTime().equals(time) ? 'twice' : 'missing';
}
