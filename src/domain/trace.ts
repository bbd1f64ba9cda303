import type { Bounds } from './delay-sums.ts';

/**
 * What a message's `Received` fields say of its way (RFC 5321 §4.4), where no sink tells: by clocks that
 * are not ours, and in whole seconds.
 */
export interface Stamp {
  /** Who wrote it; one host is taken to have one clock. */
  readonly host: string;
  /** Wall ms of that clock, a whole second: the moment lies in [at, at + 1000). */
  readonly at: number;
  /**
   * It says that whoever handed the message in was logged in (`with ESMTPSA`, RFC 3848): that was us, so
   * it was written before our 250.
   */
  readonly submission: boolean;
}

/** The stamps of one message of ours, as a reader found them; the first hop first. */
export interface Trace {
  readonly token: string;
  readonly stamps: readonly Stamp[];
  /** Wall ms at which they were read. */
  readonly seenAt: number;
}

/** What our own clock knows of the message. Wall ms. */
export interface Journey {
  /** The message began to leave us. */
  readonly sentAt: number;
  /** The 250 after the final dot. */
  readonly acceptedAt: number;
  /** First seen in the mailbox. */
  readonly seenAt: number;
  /** The first hop first. */
  readonly stamps: readonly Stamp[];
}

/** Delays of which only this much is known, integer ms; and how far foreign clocks may be ahead of ours. */
export interface TracedDelays {
  /** From acceptance to the last hop, which delivers. */
  readonly send: Bounds;
  /** From the last hop to visibility. */
  readonly receive: Bounds;
  /** Of the last hop's clock against ours; negative: behind. */
  readonly skew: Bounds;
}

/** `Received` knows whole seconds: no delay from it is known more closely, ms. */
export const stampResolution = 1000;
const mostStamps = 50;
const longestHost = 64;
const longestField = 4000;

/**
 * The stamps of a header's `Received` fields, the first hop first; the values may still be folded. What is
 * no date is left out, and at most 50 are looked at, the newest: a hostile header costs nothing.
 */
export function stampsOf(fields: readonly string[]): Stamp[] {
  return fields
    .slice(0, mostStamps)
    .flatMap((field) => stampOf(field.slice(0, longestField)))
    .reverse();
}

function stampOf(field: string): Stamp[] {
  const semicolon = field.lastIndexOf(';');
  if (semicolon < 0) return [];
  const text = uncommented(field.slice(semicolon + 1));
  const clauses = uncommented(field.slice(0, semicolon));
  const [, host = ''] = /(?:^|\s)by\s+([A-Za-z0-9._[\]:-]{1,255})/i.exec(clauses) ?? [];
  const submission = /\swith\s+(?:UTF8|E)?SMTPS?A\b/i.test(clauses);
  const at = dateOf(text);
  if (at === null) return [];
  return [{ host: host.toLowerCase().slice(0, longestHost), at, submission }];
}

/** Without comments, which nest (RFC 5322 §3.2.2); one that never ends hides the rest. */
function uncommented(text: string): string {
  let depth = 0;
  let out = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) out += character;
  }
  return out;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** RFC 5322 §3.3, with a numeric zone or GMT; null for everything else. */
function dateOf(text: string): number | null {
  const found =
    /^\s*(?:[A-Za-z]{3}\s*,\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?\s+(?:([+-])(\d{2})(\d{2})|GMT|UTC?|Z)\s*$/.exec(
      text,
    );
  if (found === null) return null;
  const [
    ,
    day,
    name = '',
    year,
    hour,
    minute,
    second = '0',
    sign,
    zoneHours = '0',
    zoneMinutes = '0',
  ] = found;
  const month = months.indexOf(name.toLowerCase());
  const fits = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
  if (month < 0 || !fits || Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return null;
  const utc = Date.UTC(
    Number(year),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  if (new Date(Date.UTC(Number(year), month, Number(day))).getUTCDate() !== Number(day))
    return null;
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return sign === '-' ? utc + offset : utc - offset;
}

/** Bounds of a clock's skew by each stamp that it left: the message was there after it began to leave us, and before it was seen. */
function skewsOf({ sentAt, acceptedAt, seenAt, stamps }: Journey, host: string): Bounds {
  const [first] = stamps;
  const hops = stamps
    .filter((stamp) => stamp.host === host)
    .map((stamp) => {
      const until = stamp === first && stamp.submission ? acceptedAt : seenAt;
      return { least: stamp.at - until, most: stamp.at + stampResolution - sentAt };
    });
  return narrowest(hops);
}

function narrowest(bounds: readonly Bounds[]): Bounds {
  return {
    least: bounds.reduce((least, one) => Math.max(least, one.least), -Infinity),
    most: bounds.reduce((most, one) => Math.min(most, one.most), Infinity),
  };
}

/** What messages of about the same time say together of the clock of the host that delivers each, by host. */
export function clockSkews(journeys: readonly Journey[]): ReadonlyMap<string, Bounds> {
  const skews = new Map<string, Bounds>();
  for (const journey of journeys) {
    const host = journey.stamps.at(-1)?.host;
    if (host === undefined || !isPossible(journey)) continue;
    const own = skewsOf(journey, host);
    // One clock cannot have written these.
    if (own.least > own.most) continue;
    const known = skews.get(host);
    skews.set(host, known === undefined ? own : narrowest([known, own]));
  }
  return skews;
}

function isPossible({ sentAt, acceptedAt, seenAt }: Journey): boolean {
  return seenAt >= acceptedAt && acceptedAt >= sentAt;
}

/**
 * Bounds of the delays, by causality alone: whatever the clocks say, the message was at every hop after it
 * began to leave us and before it was seen, so each clock's skew has bounds. Where hops of the last host
 * stand earlier in the chain, or other messages of about the same time tell of its clock, they narrow it.
 * Stamps that cannot be true are not believed: then the bounds are what our own clock knows.
 * @param skews what other messages say, by host
 */
export function tracedDelays(
  journey: Journey,
  skews: ReadonlyMap<string, Bounds> = new Map(),
): TracedDelays | null {
  const { sentAt, acceptedAt, seenAt, stamps } = journey;
  const last = stamps.at(-1);
  if (last === undefined || !isPossible(journey)) return null;
  const whole = seenAt - acceptedAt;
  const own = skewsOf(journey, last.host);
  const known = skews.get(last.host);
  const skew = [known === undefined ? own : narrowest([known, own]), own].find(
    ({ least, most }) => least <= most,
  ) ?? { least: last.at - seenAt, most: last.at + stampResolution - sentAt };
  const within = (value: number) => Math.min(whole, Math.max(0, value));
  const handed = {
    least: within(last.at - skew.most - acceptedAt),
    most: within(last.at + stampResolution - skew.least - acceptedAt),
  };
  return {
    send: handed,
    receive: { least: whole - handed.most, most: whole - handed.least },
    skew,
  };
}
