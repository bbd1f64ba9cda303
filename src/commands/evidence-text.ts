import { instantOrNull } from '../report/json-parts.ts';
import { detail } from '../report/layout.ts';
import { formatMoment, printable } from '../report/wording.ts';
import type { ResultRow } from '../store/result-rows.ts';

type Phases = readonly (readonly [phase: string, microseconds: number])[];

const milliseconds = (microseconds: number) => `${(microseconds / 1000).toFixed(3)} ms`;

/** A stored result as a paragraph; what a server said is shown with control characters replaced. */
export function resultLines(row: ResultRow, zone: string): string[] {
  const moment = (at: number) => formatMoment(at, zone);
  const outcome = row.reason === null ? 'worked' : 'failed';
  const took = milliseconds(row.monotonic_end - row.monotonic_start);
  const phases = (JSON.parse(row.phases) as Phases)
    .map(([phase, microseconds]) => `${phase} ${milliseconds(microseconds)}`)
    .join(', ');
  return [
    `result ${row.id}: ${printable(row.tenant)} ${row.protocol}, depth ${row.depth}: ${outcome}`,
    detail('time', `${moment(row.started_at)} up to ${moment(row.ended_at)}, ${took}`),
    ...(row.address === null ? [] : [detail('address', printable(row.address))]),
    ...tlsLines(row, moment),
    detail('phases', phases === '' ? 'none' : phases),
    ...(row.vouches === null
      ? []
      : [detail('proves', `depth ${row.vouches} worked at ${moment(row.ended_at)}`)]),
    ...failureLines(row, moment),
    ...messageLines(row, moment),
    detail('sealed', row.sealed === null ? 'not yet' : `by the day ${row.sealed} (UTC)`),
    ...transcriptLines(row),
  ];
}

type Moment = (at: number) => string;

function tlsLines({ tls_version, certificate_not_after }: ResultRow, moment: Moment): string[] {
  if (tls_version === null) return [];
  const until =
    certificate_not_after === null ? '' : `, certificate until ${moment(certificate_not_after)}`;
  return [detail('TLS', `${printable(tls_version)}${until}`)];
}

function failureLines(row: ResultRow, moment: Moment): string[] {
  const { reason, failed_phase, failure_kind, code, message, proven_from, proven_to } = row;
  if (reason === null) return [];
  return [
    detail('failed', `${reason} in phase ${failed_phase} (${failure_kind})`),
    ...(code === null ? [] : [detail('code', printable(code))]),
    ...(message === null ? [] : [detail('message', printable(message, 1000))]),
    ...(proven_from === null || proven_to === null
      ? []
      : [detail('proven', `${moment(proven_from)} up to ${moment(proven_to)}`)]),
  ];
}

function messageLines({ token, accepted_at, looked_at }: ResultRow, moment: Moment): string[] {
  const accepted = accepted_at === null ? 'not accepted' : `accepted ${moment(accepted_at)}`;
  return [
    ...(token === null ? [] : [detail('mail', `token ${printable(token)}, ${accepted}`)]),
    ...(looked_at === null ? [] : [detail('looked', `into the mailbox at ${moment(looked_at)}`)]),
  ];
}

function transcriptLines({ transcript, reason }: ResultRow): string[] {
  if (transcript === null || transcript === '')
    return reason === null ? [] : [detail('dialogue', 'none: it failed before anything was said')];
  const lines = transcript.split('\n').filter((line) => line !== '');
  return [
    detail('dialogue', 'secrets masked, > ours, < theirs'),
    ...lines.map((line) => `      ${printable(line, 4_000)}`),
  ];
}

/** The same for programs: amounts are integers, instants as in the JSON report. */
export function resultJson(row: ResultRow, zone: string): object {
  const instant = (at: number | null) => instantOrNull(at, zone);
  const { id, tenant, protocol, depth, vouches, address, code, message, reason, token } = row;
  return {
    id,
    tenant,
    protocol,
    depth,
    startedAt: instant(row.started_at),
    endedAt: instant(row.ended_at),
    microseconds: row.monotonic_end - row.monotonic_start,
    phases: (JSON.parse(row.phases) as Phases).map(([phase, microseconds]) => ({
      phase,
      microseconds,
    })),
    vouches,
    failure:
      reason === null
        ? null
        : {
            phase: row.failed_phase,
            reason,
            kind: row.failure_kind,
            code,
            message,
            provenFrom: instant(row.proven_from),
            provenTo: instant(row.proven_to),
          },
    address,
    tlsVersion: row.tls_version,
    certificateNotAfter: instant(row.certificate_not_after),
    token,
    acceptedAt: instant(row.accepted_at),
    lookedAt: instant(row.looked_at),
    transcript: row.transcript,
    sealed: row.sealed,
  };
}
