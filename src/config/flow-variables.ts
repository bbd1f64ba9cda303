import type { BrowserStep, FlowPhase, FlowStep, RequestStep } from '../domain/flow.ts';
import { variablesIn } from '../domain/flow-text.ts';
import type { ConfigPath } from './fault.ts';

export interface FlowFinding {
  readonly path: ConfigPath;
  readonly message: string;
  /** The place to show is the key's and not the value's. */
  readonly atKey?: boolean;
}

/**
 * Which part of the visit a phase belongs to. Reading and writing may each take place without the other,
 * so that neither knows what the other captured, and leaving knows of neither.
 */
const partOf: Readonly<Record<FlowPhase, 'entering' | 'reading' | 'writing' | 'leaving'>> = {
  page: 'entering',
  auth: 'entering',
  list: 'entering',
  visible: 'reading',
  fetch: 'reading',
  compose: 'writing',
  send: 'writing',
  logout: 'leaving',
};

const everywhere = ['username', 'password', 'address'];
const ownMessage = ['subject', 'body'];

/** Variables that are unknown where they stand, come too late, or stand where they must not. */
export function variableFindings(steps: readonly FlowStep[]): FlowFinding[] {
  const findings: FlowFinding[] = [];
  const captured = new Map<string, ReturnType<typeof partIn>>();
  for (const [position, step] of steps.entries()) {
    const part = partIn(step);
    const own = part === 'writing' ? ownMessage : [];
    const token = part === 'reading' || part === 'writing' ? ['token'] : [];
    const fromSteps = [...captured].flatMap(([name, from]) =>
      from === 'entering' || from === part ? [name] : [],
    );
    const known = new Set([...everywhere, ...token, ...own, ...fromSteps]);
    for (const [path, text] of textsOf(step)) {
      const here = path[0] === 'sighting' ? new Set([...known, 'token']) : known;
      for (const name of variablesIn(text)) {
        const message = variableFault(name, here, step, path, captured);
        if (message !== null) findings.push({ path: ['steps', position, ...path], message });
      }
    }
    for (const name of Object.keys(step.capture))
      if (captured.get(name) !== 'entering') captured.set(name, part);
  }
  return findings;
}

function variableFault(
  name: string,
  known: ReadonlySet<string>,
  step: FlowStep,
  path: ConfigPath,
  captured: ReadonlyMap<string, string>,
): string | null {
  if (!known.has(name)) {
    const only =
      name === 'token'
        ? 'phases visible, fetch, compose and send'
        : ownMessage.includes(name)
          ? 'phases compose and send'
          : { reading: 'phases visible and fetch', writing: 'phases compose and send' }[
              captured.get(name) ?? ''
            ];
    return only === undefined
      ? `expected one of ${[...known].join(', ')}, found {{${name}}}`
      : `expected {{${name}}} only in ${only}, found it in ${step.phase}`;
  }
  const typed = path[1] === 'form' || path.at(-1) === 'with';
  return name === 'password' && !typed
    ? 'expected {{password}} only where it is typed in (a form, or "with"), found it elsewhere'
    : null;
}

function partIn(step: FlowStep) {
  return partOf[step.phase];
}

function textsOf(step: FlowStep & Partial<RequestStep & BrowserStep>): [ConfigPath, string][] {
  const { request, expect, capture } = step;
  return [
    [['request', 'path'], request?.path ?? ''],
    ...entries(['request', 'form'], request?.form ?? {}),
    ...entries(['request', 'headers'], request?.headers ?? {}),
    ...(step.do ?? []).flatMap((action, i): [ConfigPath, string][] => [
      [['do', i, action.verb], action.target],
      [['do', i, 'with'], action.with ?? ''],
      [['do', i, 'in'], action.in ?? ''],
    ]),
    ...expect.match.map((text, i): [ConfigPath, string] => [['expect', 'match', i], text]),
    ...expect.reject.map((r, i): [ConfigPath, string] => [
      ['expect', 'reject', i, 'match'],
      r.match,
    ]),
    ...entries(['capture'], capture),
    [['sighting'], step.sighting ?? ''],
  ];
}

function entries(path: ConfigPath, map: Readonly<Record<string, string>>): [ConfigPath, string][] {
  return Object.entries(map).map(([key, text]) => [[...path, key], text]);
}
