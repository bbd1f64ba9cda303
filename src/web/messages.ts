import { html } from 'hono/html';
import { fates, routes } from '../domain/message.ts';
import { formatPercent } from '../report/wording.ts';
import type { Html } from './page.ts';
import type { TenantState } from './state.ts';

/** What became of the month's messages, and how full the probe mailbox is. */
export function messageLines({ messages, quota }: TenantState): Html {
  const lines = [
    ...routes.flatMap((route) => routeLine(route, messages?.counts ?? [])),
    ...(quota === null ? [] : [quotaLine(quota)]),
  ];
  return lines.length === 0
    ? html``
    : html`<ul class="messages" aria-label="Messages">${lines}</ul>`;
}

function routeLine(
  route: (typeof routes)[number],
  counts: NonNullable<TenantState['messages']>['counts'],
): Html[] {
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

function quotaLine(quota: NonNullable<TenantState['quota']>): Html {
  const full = quota.numerator * 10 >= quota.denominator * 9;
  const share = formatPercent(quota);
  return full
    ? html`<li><strong>The probe mailbox is ${share} full.</strong> Mail that it cannot take is not the provider’s failure: make room, or raise its limit.</li>`
    : html`<li class="quiet">The probe mailbox is ${share} full.</li>`;
}
