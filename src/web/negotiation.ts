import { parseAccept } from 'hono/utils/accept';
import type { Wanted } from '../metrics/thread-messages.ts';

/**
 * The format that is asked for with the highest quality (RFC 9110, section 12.5.1). The text format wins where
 * both are as welcome, and where neither is: an exporter's readers expect an answer, and so do people.
 */
export function negotiate(accept: string | undefined, acceptEncoding: string | undefined): Wanted {
  const formats = parseAccept(accept ?? '*/*');
  const openmetrics = quality(formats, ['application/openmetrics-text'], isOffered);
  const text = quality(formats, ['text/plain', 'text/*', '*/*'], isOffered);
  const codings = parseAccept(acceptEncoding ?? '');
  return {
    format: openmetrics > text ? 'openmetrics' : 'text',
    gzip: quality(codings, ['gzip', 'x-gzip', '*'], () => true) > 0,
  };
}

type Accepted = ReturnType<typeof parseAccept>[number];

/** Of the most specific name that is there at all, its highest quality. */
function quality(
  accepted: readonly Accepted[],
  names: readonly string[],
  fits: (one: Accepted) => boolean,
): number {
  for (const name of names) {
    const found = accepted.filter((one) => one.type.toLowerCase() === name && fits(one));
    if (found.length > 0) return Math.max(...found.map(({ q }) => q));
  }
  return 0;
}

/** We write OpenMetrics 1.0.0 and the text format 0.0.4; who names no version takes any. */
function isOffered({ type, params }: Accepted): boolean {
  const { version } = params;
  if (version === undefined) return true;
  return type.toLowerCase() === 'text/plain' ? version === '0.0.4' : version === '1.0.0';
}
