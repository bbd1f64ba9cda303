import { html, raw } from 'hono/html';
import { formatMoment } from '../report/wording.ts';
import { type Html, page } from './page.ts';
import type { LandingState } from './state.ts';
import { anchorOf, tenantCard } from './tenant.ts';

export interface LandingOptions {
  /** Reload every five seconds. */
  readonly refresh: boolean;
  /** Names of the documents that are served. */
  readonly documents: readonly string[];
  /** Trusted HTML. */
  readonly panel: string;
}

/** The page at `/`: every tenant's current state, without a script. */
export function landingPage(
  state: LandingState,
  { refresh, documents, panel }: LandingOptions,
): Html {
  const zone = state.tenants[0]?.zone ?? 'UTC';
  const moment = formatMoment(state.now, zone).replace(/\.\d{3}/, '');
  const cards = state.tenants.map((tenant) => tenantCard(tenant, state.now));
  return page(
    'mailminute',
    refresh,
    html`<header class="top">
<h1><img src="/icon.svg" alt="" width="28" height="28">mailminute</h1>
<p class="quiet">${moment} ${zone} · ${refreshSwitch(refresh)}</p>
${tenantLinks(state)}</header>
<main>
${state.notices.map((notice) => html`<p class="notice" role="status">${notice}</p>`)}
${panel === '' ? '' : html`<section class="panel" aria-label="Demo">${raw(panel)}</section>`}
${cards.length > 0 ? cards : html`<p class="notice">No tenant is configured.</p>`}
</main>
<footer class="quiet">
${documentLinks(documents)}<a href="/metrics">Metrics</a> · <a href="/-/healthy">Health</a> · <a href="/-/ready">Readiness</a>
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

/** With one tenant there is nothing to go to. */
function tenantLinks({ tenants }: LandingState): Html | string {
  if (tenants.length < 2) return '';
  const links = tenants.map(({ name }) => html`<a href="#${anchorOf(name)}">${name}</a> `);
  return html`<nav aria-label="Tenants">${links}</nav>
`;
}

function documentLinks(documents: readonly string[]): Html | string {
  if (documents.length === 0) return '';
  const links = documents.map((name) => html`<a href="/docs/${name}.md">${name}</a> · `);
  return html`<nav aria-label="Documentation">${links}</nav>
`;
}

/** A page that moves by itself must be stoppable (WCAG 2.2.2). */
function refreshSwitch(refresh: boolean): Html {
  return refresh
    ? html`<a href="/?refresh=off">stop refreshing</a>`
    : html`<a href="/">refresh every 5 s</a>`;
}
