import { createContext, Script } from 'node:vm';
import { Fault } from '../failure.ts';

/** Milliseconds that one pattern of a flow may take on one page. */
const patternLimit = 250;

const search = new Script('pattern.exec(text)');
const sandbox: { pattern: RegExp | null; text: string } = { pattern: null, text: '' };
const context = createContext(sandbox);

/**
 * Looks for a flow's pattern in a page. The pattern comes from a file and the page from a server, so
 * together they may backtrack for ever; JavaScript's only way to stop that is the limit of `vm`.
 * @throws Fault `internal-error` when the pattern took too long: the flow is at fault, not the service.
 */
export function find(pattern: RegExp, text: string): RegExpExecArray | null {
  sandbox.pattern = pattern;
  sandbox.text = text;
  try {
    return search.runInContext(context, { timeout: patternLimit }) as RegExpExecArray | null;
  } catch {
    const message = `a pattern of the flow took more than ${patternLimit} ms: ${pattern.source.slice(0, 80)}`;
    throw new Fault('internal-error', message);
  } finally {
    sandbox.pattern = null;
    sandbox.text = '';
  }
}
