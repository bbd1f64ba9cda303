import { createContext, Script } from 'node:vm';
import { Fault } from '../failure.ts';

/**
 * Milliseconds that the patterns of one step may take on one page. It is the wall clock's: where the machine
 * had other things to do meanwhile, a second try tells.
 */
const patternLimit = 250;
const tries = 2;

type Found = RegExpExecArray | null;

const search = new Script('patterns.map((pattern) => pattern.exec(text))');
const sandbox: { patterns: readonly RegExp[]; text: string } = { patterns: [], text: '' };
const context = createContext(sandbox);

/**
 * Looks for a flow's patterns in a page, all at once: each run of `vm` with a limit starts a thread.
 * The patterns come from a file and the page from a server, so together they may backtrack for ever;
 * JavaScript's only way to stop that is the limit of `vm`.
 * @throws Fault `internal-error` when they took too long: the flow is at fault, not the service.
 */
export function findAll(patterns: readonly RegExp[], text: string): readonly Found[] {
  if (patterns.length === 0) return [];
  sandbox.patterns = patterns;
  sandbox.text = text;
  try {
    for (let left = tries; left > 0; left -= 1) {
      const found = within(patternLimit);
      if (found !== null) return found;
    }
    const [first] = patterns;
    const message = `the patterns of the flow took more than ${patternLimit} ms; they begin with ${first?.source.slice(0, 80)}`;
    throw new Fault('internal-error', message);
  } finally {
    sandbox.patterns = [];
    sandbox.text = '';
  }
}

/** Null if it took longer. */
function within(timeout: number): readonly Found[] | null {
  try {
    return [...(search.runInContext(context, { timeout }) as Found[])];
  } catch {
    return null;
  }
}
