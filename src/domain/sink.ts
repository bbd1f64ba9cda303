/** Why the sink turned something away: a closed set, a metric's label. */
export const sinkRefusals = [
  'connections', // too many at once
  'rate', // too many of one address in a minute
  'lifetime', // stayed too long
  'volume', // sent too much
  'recipient', // not a message of ours that is on its way here: relaying, foreign, unknown, known already
  'size', // larger than the sink takes
  'content', // the right recipient, but not the message that was sent there
] as const;
export type SinkRefusal = (typeof sinkRefusals)[number];
