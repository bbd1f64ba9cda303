import { variablesIn } from '../domain/flow.ts';
import type { FlowStep } from '../domain/tenant.ts';
import type { ConfigPath } from './fault.ts';

export interface FlowFinding {
  readonly path: ConfigPath;
  readonly message: string;
  /** The place to show is the key's and not the value's. */
  readonly atKey?: boolean;
}

/** Variables of a step that are unknown there, come too late, or stand where they must not. */
export function variableFindings(
  step: FlowStep,
  at: ConfigPath,
  known: ReadonlySet<string>,
  late: ReadonlySet<string>,
): FlowFinding[] {
  const findings: FlowFinding[] = [];
  const tokenIsKnown = step.phase === 'visible' || step.phase === 'fetch';
  for (const [path, text] of textsOf(step)) {
    for (const name of variablesIn(text)) {
      if (!known.has(name)) {
        const message = `expected one of ${[...known].join(', ')}, found {{${name}}}`;
        findings.push({ path: [...at, ...path], message });
      } else if (late.has(name) && !tokenIsKnown && path[0] !== 'sighting') {
        const message = `expected {{${name}}} only in phases visible and fetch, found it in ${step.phase}`;
        findings.push({ path: [...at, ...path], message });
      } else if (name === 'password' && path[1] !== 'form') {
        const message = 'expected {{password}} only in a form, found it elsewhere';
        findings.push({ path: [...at, ...path], message });
      }
    }
  }
  return findings;
}

function textsOf(step: FlowStep): [ConfigPath, string][] {
  const { request, expect, capture } = step;
  return [
    [['request', 'path'], request.path],
    ...entries(['request', 'form'], request.form),
    ...entries(['request', 'headers'], request.headers),
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
