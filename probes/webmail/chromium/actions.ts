import type { FrameLocator, Page } from 'playwright-core';
import type { BrowserAction } from '../../../src/domain/flow.ts';
import { expand } from '../../../src/domain/flow-text.ts';
import { Fault } from '../../failure.ts';
import type { Lookup } from '../judge.ts';

/** No limit of its own: whoever waits for it has one. */
const unlimited = { timeout: 0 };

/** Does one thing in a page; resolves when it is done. @throws Fault, or what the driver throws */
export async function perform(
  page: Page,
  action: BrowserAction,
  base: URL,
  lookup: Lookup,
): Promise<void> {
  const target = expand(action.target, action.verb === 'goto' ? escaping(lookup) : lookup);
  const place: Page | FrameLocator =
    action.in === null ? page : page.frameLocator(expand(action.in, lookup));
  switch (action.verb) {
    case 'goto':
      await page.goto(addressOf(target, base), { waitUntil: 'load', ...unlimited });
      return;
    case 'fill':
      // A page of another origin gets nothing typed in, least of all the password.
      if (new URL(page.url()).origin !== base.origin) throw elsewhere(page.url());
      await place
        .locator(target)
        .first()
        .fill(expand(action.with ?? '', lookup), unlimited);
      return;
    case 'click':
      await place.locator(target).first().click(unlimited);
      return;
    case 'press':
      if (action.in === null) await page.keyboard.press(target);
      else await page.locator(expand(action.in, lookup)).first().press(target, unlimited);
      return;
    case 'wait_for':
      await place
        .locator(target)
        .first()
        .waitFor({ state: 'visible', ...unlimited });
      return;
    case 'wait_for_text':
      await place
        .getByText(target)
        .first()
        .waitFor({ state: 'visible', ...unlimited });
      return;
  }
}

/** Not gone to: the config does not name that host. */
export function elsewhere(url: string): Fault {
  const origin = URL.canParse(url) ? new URL(url).origin : 'something unreadable';
  return new Fault('content-mismatch', `the page leads to another origin, ${origin.slice(0, 200)}`);
}

/** For the transcript: the flow's own text, so that no value of a session or a password is in it. */
export function describeAction({ verb, target, with: typed, in: frame }: BrowserAction): string {
  const what = typed === null ? '' : typed.includes('password') ? ' with [secret]' : ' with text';
  return `${verb} ${target}${what}${frame === null ? '' : ` in ${frame}`}`;
}

function escaping(lookup: Lookup): Lookup {
  return (name) => encodeURIComponent(lookup(name).toWellFormed());
}

function addressOf(path: string, base: URL): string {
  const url = URL.parse(path, base.href);
  // An empty value may leave `//`, and what follows would be another host (RFC 3986 §4.2).
  if (url === null || url.origin !== base.origin)
    throw new Fault('content-mismatch', 'a value from the page leads to another origin');
  return url.href;
}
