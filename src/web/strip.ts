import { html } from 'hono/html';
import { formatInstant } from '../domain/calendar.ts';
import { minuteStates } from '../domain/ledger.ts';
import type { Html } from './page.ts';
import type { MinuteCell } from './state.ts';

/**
 * The last minutes as a row of cells. Colour never stands alone: each state has a mark of its own in the
 * stylesheet, each cell a title, and the row as a whole a sentence for those who do not see it.
 */
export function minuteStrip(cells: readonly MinuteCell[], zone: string): Html {
  const first = cells[0];
  const last = cells.at(-1);
  if (first === undefined || last === undefined) return html``;
  return html`<figure class="hour">
<div class="strip" role="img" aria-label="${sentenceOf(cells)}">
${cells.map(
  ({ minute, state }) =>
    html`<span class="cell ${state ?? 'open'}" title="${timeOf(minute, zone)} ${state ?? 'not judged yet'}"></span>`,
)}
</div>
<figcaption class="quiet"><span>${timeOf(first.minute, zone)}</span>
<span>last ${cells.length} minutes</span><span>${timeOf(last.minute, zone)}</span></figcaption>
</figure>`;
}

/** "Last 60 minutes: 57 available, 2 unavailable, 1 not judged yet." */
function sentenceOf(cells: readonly MinuteCell[]): string {
  const count = (state: MinuteCell['state']): number =>
    cells.filter((cell) => cell.state === state).length;
  const parts = [
    ...minuteStates.toReversed().map((state) => ({ name: state, count: count(state) })),
    { name: 'not judged yet', count: count(null) },
  ].filter((part) => part.count > 0);
  return `Last ${cells.length} minutes: ${parts.map((part) => `${part.count} ${part.name}`).join(', ')}.`;
}

function timeOf(minute: number, zone: string): string {
  return formatInstant(minute, zone).slice(11, 16);
}
