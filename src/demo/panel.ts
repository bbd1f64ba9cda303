import { protocols } from '../domain/protocol.ts';
import { type Fault, type FaultState, faultMeanings, faultsOf } from './fault.ts';
import { type Html, html } from './html.ts';

/**
 * The demo's switches as an HTML fragment for a page: a small form for every protocol and fault,
 * working without scripts. All values are escaped.
 * @param action where `/demo` is mounted, relative to the page; the forms post to `ACTION/PROTOCOL/FAULT`.
 */
export function demoPanel(state: FaultState, action = '/demo'): string {
  const rows = protocols.map((protocol) => {
    const current = state[protocol];
    const buttons = faultsOf[protocol].map((fault) => button(action, protocol, fault, current));
    const now = current === 'ok' ? 'works' : `broken: ${faultMeanings[current]}`;
    return html`<fieldset class="demo-protocol">
<legend>${protocol} <span class="demo-state" data-fault="${current}">${now}</span></legend>
${buttons}</fieldset>
`;
  });
  return html`<section class="demo-panel" aria-labelledby="demo-title">
<h2 id="demo-title">Break something</h2>
<p>This demo runs its own mail service. Break a protocol, watch the outage being detected and counted, then mend it.</p>
${rows}</section>
`.text;
}

function button(action: string, protocol: string, fault: Fault, current: Fault): Html {
  const label = fault === 'ok' ? 'mend' : fault;
  const meaning =
    fault === 'ok' ? `${protocol} works again` : `${protocol} ${faultMeanings[fault]}`;
  const pressed = String(fault === current);
  return html`<form method="post" action="${action}/${protocol}/${fault}" class="demo-order"><button aria-pressed="${pressed}" title="${meaning}">${label}</button></form>
`;
}
