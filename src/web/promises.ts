import { html } from 'hono/html';
import type { PromiseVerdict } from '../domain/promise.ts';
import { foundValue, promiseText } from '../report/promises.ts';
import { wordsOf } from '../report/words/of.ts';
import type { Html } from './page.ts';

const words = wordsOf('en');
const kinds = {
  met: 'good',
  breached: 'bad',
  indeterminate: 'none',
  'unknown-value': 'none',
} as const;

/** How the contract's further promises stand, in the report's own words; nothing where it has none. */
export function promiseList(promises: readonly PromiseVerdict[]): Html | '' {
  if (promises.length === 0) return '';
  const rows = promises.map(
    (found) => html`<tr>
<td class="whole">${found.promise.clause}</td><td>${promiseText(found, words)}</td>
<td><span class="pill ${kinds[found.verdict]}">${found.verdict}</span></td><td>${foundValue(found, words)}</td>
</tr>`,
  );
  return html`<details><summary>Further promises of the contract (${promises.length})</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Clause</th><th scope="col">Promise</th><th scope="col">Verdict</th><th scope="col">Found so far</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}
