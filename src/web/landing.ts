import { html, raw } from 'hono/html';
import { formatMoment } from '../report/wording.ts';
import { type Html, page } from './page.ts';
import type { LandingState } from './state.ts';
import { tenantCard } from './tenant.ts';

export interface LandingOptions {
  /** Reload every five seconds. */
  readonly refresh: boolean;
  /** Trusted HTML. */
  readonly panel: string;
}

/** The page at `/`: every tenant's current state, without a script. */
export function landingPage(state: LandingState, { refresh, panel }: LandingOptions): Html {
  const zone = state.tenants[0]?.zone ?? 'UTC';
  const moment = formatMoment(state.now, zone).replace(/\.\d{3}/, '');
  const cards = state.tenants.map((tenant) => tenantCard(tenant, state.now));
  return page(
    'mailminute',
    refresh,
    html`<header class="top">
<h1><img src="/icon.svg" alt="" width="28" height="28">mailminute</h1>
<p class="quiet">${moment} ${zone} · ${refreshSwitch(refresh)}</p>
</header>
<main>
${state.notices.map((notice) => html`<p class="notice" role="status">${notice}</p>`)}
${panel === '' ? '' : html`<section class="panel" aria-label="Demo">${raw(panel)}</section>`}
${cards.length > 0 ? cards : html`<p class="notice">No tenant is configured.</p>`}
</main>
<footer class="quiet">
<a href="/metrics">Metrics</a> · <a href="/-/healthy">Health</a> · <a href="/-/ready">Readiness</a>
<span>mailminute ${state.version}</span>
</footer>`,
  );
}

export function notFoundPage(): Html {
  return page(
    'Not found · mailminute',
    false,
    html`<main><h1>Not found</h1>
<p>There is no such page. The state of every tenant is on <a href="/">the first page</a>.</p></main>`,
  );
}

/** A page that moves by itself must be stoppable (WCAG 2.2.2). */
function refreshSwitch(refresh: boolean): Html {
  return refresh
    ? html`<a href="/?refresh=off">stop refreshing</a>`
    : html`<a href="/">refresh every 5 s</a>`;
}
