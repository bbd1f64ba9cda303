import { patternOf } from '../../src/domain/flow.ts';
import type { Reason } from '../../src/domain/reason.ts';
import type { FlowStep } from '../../src/domain/tenant.ts';
import { Fault } from '../failure.ts';
import type { Page } from './browser.ts';
import { findAll } from './pattern.ts';

/** The value of a variable. @throws if there is none. */
export type Lookup = (name: string) => string;

const captureLimit = 4096;

/**
 * Whether the page is what the step expects. The server's own words come first: they say more than a
 * status (a refused login and a dead storage may both be a 401), and an error may hide behind a 200.
 * @throws Fault
 */
export function judgePage(step: FlowStep, page: Page, lookup: Lookup): void {
  const code = `HTTP ${page.status}`;
  const accepted = step.expect.status.includes(page.status);
  if (!accepted && page.status >= 500) throw new Fault('temporary-error', `${code}`, { code });
  if (!accepted && page.status === 429) throw new Fault('throttled', code, { code });
  const { reject, match: needed } = step.expect;
  const sources = [...reject.map(({ match }) => match), ...needed];
  const all = findAll(
    sources.map((source) => patternOf(source, lookup)),
    page.body,
  );
  for (const [at, { reason }] of reject.entries()) {
    const found = all[at] ?? null;
    if (found !== null)
      // Cut far beyond what is shown: a secret in it is masked later, and only as a whole.
      throw new Fault(reason, `the page says: ${found[0].slice(0, 4000)}`, { code });
  }
  if (!accepted) {
    throw new Fault(reasonOfStatus(page.status, step.phase), `${code} was not expected`, { code });
  }
  for (const [at, source] of needed.entries()) {
    if ((all[reject.length + at] ?? null) !== null) continue;
    throw new Fault('content-mismatch', `the page lacks ${source.slice(0, 120)}`, { code });
  }
}

function reasonOfStatus(status: number, phase: FlowStep['phase']): Reason {
  if (status === 401 || status === 403) {
    if (phase === 'auth') return 'auth-refused';
    if (phase === 'page' && status === 403) return 'policy-blocked';
  }
  return status >= 400 ? 'rejected' : 'content-mismatch';
}

/** The step's captures. @throws Fault `content-mismatch` when one is not in the page. */
export function capturesOf(step: FlowStep, page: Page, lookup: Lookup): [string, string][] {
  const wanted = Object.entries(step.capture);
  const all = findAll(
    wanted.map(([, source]) => patternOf(source, lookup)),
    page.body,
  );
  return wanted.map(([name], at) => {
    const value = all[at]?.[1];
    if (value === undefined || value.length > captureLimit) {
      throw new Fault('content-mismatch', `the page lacks what {{${name}}} is taken from`, {
        code: `HTTP ${page.status}`,
      });
    }
    return [name, value];
  });
}

/** True when the message with this token is in the page, by the step's own pattern or as plain text. */
export function showsToken(step: FlowStep, page: Page, token: string): boolean {
  if (!page.body.includes(token)) return false;
  if (typeof step.sighting !== 'string') return true;
  const [found] = findAll([patternOf(step.sighting, () => token)], page.body);
  return found !== null;
}
