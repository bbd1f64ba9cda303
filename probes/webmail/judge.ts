import type { FlowStep } from '../../src/domain/flow.ts';
import { patternOf } from '../../src/domain/flow-text.ts';
import type { Reason } from '../../src/domain/reason.ts';
import { Fault } from '../failure.ts';
import { showsChallenge } from './challenge.ts';
import type { Page } from './page.ts';
import { findAll } from './pattern.ts';

/** The value of a variable. @throws if there is none. */
export type Lookup = (name: string) => string;

const captureLimit = 4096;

/**
 * Whether the page is what the step expects. A login that did not succeed, on a page that asks for a
 * captcha, says nothing of the password nor of the service: it is `throttled`.
 * @param challengedBefore the pages before the login asked for a captcha too
 * @throws Fault
 */
export function judgePage(
  step: FlowStep,
  page: Page,
  lookup: Lookup,
  challengedBefore: boolean,
): void {
  const found = faultOf(step, page, lookup);
  if (found === null) return;
  const { fault, said } = found;
  const early = step.phase === 'page' || step.phase === 'auth';
  const open = ['auth-refused', 'content-mismatch', 'rejected'].includes(fault.reason);
  // A page that says why, and showed its captcha to everybody before, is taken at its word.
  if (early && open && !(said && challengedBefore) && showsChallenge(page.body))
    throw new Fault('throttled', 'the page asks for a captcha', { code: `HTTP ${page.status}` });
  throw fault;
}

/**
 * The server's own words come first: they say more than a status (a refused login and a dead storage
 * may both be a 401), and an error may hide behind a 200. `said`: they are the flow's own `reject`.
 */
function faultOf(
  step: FlowStep,
  page: Page,
  lookup: Lookup,
): { fault: Fault; said: boolean } | null {
  const code = `HTTP ${page.status}`;
  const unsaid = (reason: Reason, message: string) => ({
    fault: new Fault(reason, message, { code }),
    said: false,
  });
  const accepted = step.expect.status.includes(page.status);
  if (!accepted && page.status >= 500) return unsaid('temporary-error', code);
  if (!accepted && page.status === 429) return unsaid('throttled', code);
  const { reject, match: needed } = step.expect;
  const sources = [...reject.map(({ match }) => match), ...needed];
  const all = findAll(
    sources.map((source) => patternOf(source, lookup)),
    page.body,
  );
  for (const [at, { reason }] of reject.entries()) {
    const found = all[at] ?? null;
    if (found === null) continue;
    // Cut far beyond what is shown: a secret in it is masked later, and only as a whole.
    const message = `the page says: ${found[0].slice(0, 4000)}`;
    return { fault: new Fault(reason, message, { code }), said: true };
  }
  if (!accepted) {
    const reason = reasonOfStatus(page.status, step.phase);
    return { fault: new Unexplained(reason, `${code} was not expected`, { code }), said: false };
  }
  for (const [at, source] of needed.entries()) {
    if ((all[reject.length + at] ?? null) !== null) continue;
    return { fault: new PageLacks(source, code), said: false };
  }
  return null;
}

/** The page does not say what is wrong, as far as it has come: what it says later may be the true reason. */
export class Unexplained extends Fault {}

/** The page came, says nothing of an error, and yet is not all that it should be: it may still become so. */
export class PageLacks extends Unexplained {
  constructor(what: string, code: string | null) {
    super('content-mismatch', `the page lacks ${what.slice(0, 120)}`, { code });
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
