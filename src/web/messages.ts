import { html } from 'hono/html';
import { type FateCount, fates, routes } from '../domain/message.ts';
import { type PushToday, pushBooks, pushOutcomes } from '../domain/push.ts';
import { formatPercent } from '../report/wording.ts';
import type { Html } from './page.ts';
import type { TenantState } from './state.ts';

/** What became of the month's messages, and how full the probe mailbox is. */
export function messageLines({ messages, quota }: TenantState): Html {
  const lines = [
    ...routes.flatMap((route) => routeLine(route, messages?.counts ?? [])),
    ...(messages?.push ? pushLines(messages.push) : []),
    ...(quota === null ? [] : [quotaLine(quota)]),
  ];
  return lines.length === 0
    ? html``
    : html`<ul class="messages" aria-label="Messages">${lines}</ul>`;
}

function routeLine(route: (typeof routes)[number], counts: readonly FateCount[]): Html[] {
  const ofRoute = counts.filter((one) => one.route === route);
  if (ofRoute.length === 0) return [];
  const sent = ofRoute.reduce((sum, { messages }) => sum + messages, 0);
  const parts = fates.flatMap((fate) => {
    const count = ofRoute.find((one) => one.fate === fate)?.messages ?? 0;
    return count === 0 ? [] : [`${count} ${fate}`];
  });
  return [
    html`<li>Messages this month, ${route}: <strong>${sent}</strong> sent, of them ${parts.join(', ')}</li>`,
  ];
}

/** The books of the push service (T2.4), and what its budget still allows. */
function pushLines({ counts, budget, left }: PushToday): Html[] {
  const sent = pushOutcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
  const { delivered, hard, soft, pending, residue, valid } = pushBooks(sent, counts);
  const books = `= ${delivered} delivered + ${hard} hard + ${soft} soft bounces + ${pending} pending`;
  const rest = residue === 0 ? '' : ` + ${residue} of unknown fate`;
  return [
    html`<li>Push this month: <strong>${sent}</strong> sent ${books}${rest}; ${valid} valid requests</li>`,
    left > 0
      ? html`<li class="quiet">Push today: ${left} of ${budget} messages left in the send budget.</li>`
      : html`<li><strong>The push service’s send budget of ${budget} messages is used up:</strong> no more is sent until the next day.</li>`,
  ];
}

function quotaLine(quota: NonNullable<TenantState['quota']>): Html {
  const full = quota.numerator * 10 >= quota.denominator * 9;
  const share = formatPercent(quota);
  return full
    ? html`<li><strong>The probe mailbox is ${share} full.</strong> Mail that it cannot take is not the provider’s failure: make room, or raise its limit.</li>`
    : html`<li class="quiet">The probe mailbox is ${share} full.</li>`;
}
