import { html } from 'hono/html';
import { type Depth, depths, type Protocol } from '../domain/protocol.ts';
import {
  formatDuration,
  formatMoment,
  meaningOfAttribution,
  printable,
} from '../report/wording.ts';
import type { Html } from './page.ts';
import type { LastAttempt, OpenRun, ProtocolState, TenantState } from './state.ts';

const titles: Readonly<Record<Depth, string>> = {
  connect: 'Connect',
  login: 'Login',
  roundtrip: 'Round trip',
  send: 'Sending',
};

/** The last result of every protocol and depth, and the last delay. */
export function protocolTable({ protocols, name }: TenantState, now: number): Html {
  const shown = depths.filter(
    (depth) =>
      depth !== 'send' || protocols.some(({ last }) => last.some((one) => one.depth === depth)),
  );
  const heads = [...shown.map((depth) => titles[depth]), 'Delay'];
  return html`<div class="scroll"><table>
<caption class="hidden">Last results of ${name}</caption>
<thead><tr><th scope="col">Protocol</th>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${protocols.map((state) => protocolRow(state, shown, now))}</tbody>
</table></div>`;
}

function protocolRow(
  { protocol, last, delay }: ProtocolState,
  shown: readonly Depth[],
  now: number,
): Html {
  return html`<tr>
<th scope="row">${protocol}</th>
${shown.map((depth) =>
  attemptCell(
    last.find((attempt) => attempt.depth === depth),
    now,
  ),
)}
<td class="whole">${delay === null ? dash() : formatDuration(delay)}</td>
</tr>`;
}

function attemptCell(attempt: LastAttempt | undefined, now: number): Html {
  if (attempt === undefined) return html`<td>${dash()}</td>`;
  const { failure, endedAt } = attempt;
  const age = html`<small class="quiet">${ageOf(now - endedAt)}</small>`;
  if (failure === null) return html`<td><span class="mark good">ok</span> ${age}</td>`;
  const code = failure.code === null ? '' : html` <code>${printable(failure.code, 60)}</code>`;
  return html`<td><span class="mark bad">${failure.reason}</span> in ${failure.phase}${code} ${age}</td>`;
}

/** One paragraph for every failure that is open now. */
export function openRuns({ protocols, zone }: TenantState, now: number): Html {
  const items = protocols.flatMap(({ protocol, run, others = [] }) =>
    [...others, ...(run === null ? [] : [run])].map(
      (one) => html`<li>${runText(protocol, one, zone, now)}</li>`,
    ),
  );
  return items.length === 0
    ? html``
    : html`<ul class="runs" aria-label="Open failures">${items}</ul>`;
}

function runText(protocol: Protocol, run: OpenRun, zone: string, now: number): Html {
  const since = formatMoment(run.since, zone).replace(/\.\d{3}/, '');
  const attempts = run.attempts === 1 ? '1 failed attempt' : `${run.attempts} failed attempts`;
  const mailbox = run.mailbox === undefined ? '' : ` of ${printable(run.mailbox)}`;
  return html`<strong>${protocol}${mailbox} fails since ${since}</strong> (${ageOf(now - run.since, '')}):
<strong>counted minutes so far: ${run.counted}</strong>.
<span class="quiet">${attempts}, ${run.confirmed ? 'confirmed' : 'unconfirmed'}, attributed to ${meaningOfAttribution[run.attribution]}.</span>`;
}

function dash(): Html {
  return html`<span class="quiet" aria-label="nothing">–</span>`;
}

/** Whole seconds, minutes or hours; a clock that stepped back reads as now. */
function ageOf(milliseconds: number, suffix = ' ago'): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s${suffix}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${suffix}`;
  return `${Math.floor(seconds / 3600)} h${suffix}`;
}
