import { html } from 'hono/html';
import type { Figures } from '../domain/figures.ts';
import { minuteStates } from '../domain/ledger.ts';
import { formatPercent, formatTarget, meaningOfState } from '../report/wording.ts';
import { messageLines } from './messages.ts';
import type { Html } from './page.ts';
import { promiseList } from './promises.ts';
import { openRuns, protocolTable } from './protocols.ts';
import type { TenantState } from './state.ts';
import { minuteStrip } from './strip.ts';

/** Where on the page a tenant stands. */
export function anchorOf(tenant: string): string {
  return `tenant-${tenant}`;
}

/** One tenant: what it is now, this month's figure, the last hour, and every protocol. */
export function tenantCard(tenant: TenantState, now: number): Html {
  const { name, contract, figures } = tenant;
  const standing = standingOf(tenant);
  return html`<article class="card" id="${anchorOf(name)}">
<header>
<h2>${name}</h2>
<span class="pill ${standing.kind}">${standing.words}</span>
<span class="quiet">${contract.title}</span>
</header>
${openRuns(tenant, now)}
<div class="figures">
${figures === null ? html`<p class="quiet">No minute is judged yet.</p>` : headline(tenant, figures)}
</div>
${promiseList(tenant.promises)}
${minuteStrip(tenant.minutes, tenant.zone)}
${protocolTable(tenant, now)}
${messageLines(tenant)}
</article>`;
}

interface Standing {
  readonly kind: 'bad' | 'doubtful' | 'good' | 'none';
  readonly words: string;
}

function standingOf({ unavailable, protocols }: TenantState): Standing {
  if (unavailable) return { kind: 'bad', words: 'unavailable' };
  if (protocols.some(({ run }) => run !== null)) return { kind: 'doubtful', words: 'failing' };
  if (protocols.every(({ last }) => last.length === 0))
    return { kind: 'none', words: 'no evidence' };
  return { kind: 'good', words: 'working' };
}

const kindOfVerdict = { met: 'good', breached: 'bad', indeterminate: 'none' } as const;

function headline({ month, contract }: TenantState, figures: Figures): Html {
  const { upper, lower, coverage, verdict, proven, possible, total } = figures;
  return html`<div class="headline">
<p class="label">Availability ${month}</p>
<p class="big">${formatPercent(upper)}</p>
<p>at least <strong>${formatPercent(lower)}</strong></p>
<p class="quiet">${proven} proven, ${possible} possible of ${total} minutes</p>
<p class="quiet">coverage ${formatPercent(coverage)}</p>
${verdict === null ? '' : html`<p class="quiet">promise ${formatTarget(contract.target)}: <span class="pill ${kindOfVerdict[verdict]}">${verdict}</span></p>`}
</div>
${minuteCounts(figures)}`;
}

function minuteCounts({ minutes, ahead }: Figures): Html {
  const rows = minuteStates.toReversed().map(
    (state) => html`<div title="${meaningOfState[state]}">
<dt><span class="swatch ${state}" aria-hidden="true"></span>${state}</dt><dd>${minutes[state]}</dd>
</div>`,
  );
  return html`<dl class="counts" aria-label="Minutes of the month by state">${rows}
<div title="minutes of the month that are not judged yet">
<dt><span class="swatch" aria-hidden="true"></span>still ahead</dt><dd>${ahead}</dd>
</div></dl>`;
}
