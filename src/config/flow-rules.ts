import { type Flow, type FlowPhase, type FlowStep, flowPhases } from '../domain/flow.ts';
import { builtinVariables, patternOf, variablesIn } from '../domain/flow-text.ts';
import type { ConfigPath } from './fault.ts';
import { actionFindings, requestFindings } from './flow-steps.ts';
import { type FlowFinding, variableFindings } from './flow-variables.ts';

/** What is wrong with a well-typed flow: order, variables, patterns, paths, headers. Empty: nothing. */
export function flowFindings(flow: Flow): FlowFinding[] {
  const findings = [...orderFindings(flow), ...phaseFindings(flow), ...sendingFindings(flow)];
  if (flow.driver === 'browser')
    for (const [at, step] of flow.steps.entries()) findings.push(...actionFindings(step, at));
  else
    for (const [at, step] of flow.steps.entries())
      findings.push(...requestFindings(step, ['steps', at]));
  for (const [at, step] of flow.steps.entries())
    findings.push(...patternFindings(step, ['steps', at]));
  return [...findings, ...variableFindings(flow.steps)];
}

function orderFindings(flow: Flow): FlowFinding[] {
  const findings: FlowFinding[] = [];
  let furthest = 0;
  for (const [position, step] of flow.steps.entries()) {
    const place = flowPhases.indexOf(step.phase);
    const path = ['steps', position, 'phase'];
    if (position === 0 && step.phase !== 'page') {
      findings.push({
        path,
        message: `expected the first step in phase page, found ${step.phase}`,
      });
    } else if (place < furthest) {
      const message = `expected the order ${flowPhases.join(', ')}, found ${step.phase} after ${flowPhases[furthest]}`;
      findings.push({ path, message });
    }
    furthest = Math.max(furthest, place);
  }
  return findings;
}

function phaseFindings(flow: Flow): FlowFinding[] {
  const findings: FlowFinding[] = [];
  for (const [position, step] of flow.steps.entries()) {
    if (step.repeat === (step.phase === 'visible')) continue;
    const message = step.repeat
      ? `expected repeat only in phase visible, found it in ${step.phase}`
      : 'expected repeat: true in phase visible, found false';
    findings.push({ path: ['steps', position, 'repeat'], message });
  }
  const phases = flow.steps.map((step) => step.phase);
  for (const single of ['visible', 'send'] as const) {
    if (phases.filter((phase) => phase === single).length <= 1) continue;
    const path = ['steps', phases.lastIndexOf(single), 'phase'];
    findings.push({ path, message: `expected one step in phase ${single}, found another` });
  }
  const deep = phases.findIndex((phase) => phase !== 'page');
  if (deep > 0 && !(phases.includes('auth') && phases.includes('list'))) {
    const message = 'expected steps in phase auth and in phase list as well, or only in phase page';
    findings.push({ path: ['steps', deep, 'phase'], message });
  }
  return findings;
}

/** What is sent must be found again, and its acceptance must be seen. */
function sendingFindings(flow: Flow): FlowFinding[] {
  const findings: FlowFinding[] = [];
  const at = (phase: FlowPhase) => flow.steps.findIndex((step) => step.phase === phase);
  const [composing, sending] = [at('compose'), at('send')];
  if (composing < 0 && sending < 0) return [];
  if (composing < 0 || sending < 0 || at('visible') < 0) {
    const message = 'expected steps in phases visible, compose and send, found only some of them';
    return [{ path: ['steps', Math.max(composing, sending), 'phase'], message }];
  }
  if (flow.steps[sending]?.expect.match.length === 0) {
    const message = 'expected in phase send what the page says once the message is accepted';
    findings.push({ path: ['steps', sending, 'expect', 'match'], message });
  }
  const own = flow.steps.filter(({ phase }) => phase === 'compose' || phase === 'send');
  const texts = JSON.stringify(own);
  for (const needed of ['subject', 'address'])
    if (!variablesIn(texts).includes(needed)) {
      const message = `expected {{${needed}}} in phase compose or send, found none`;
      findings.push({ path: ['steps', sending], message });
    }
  return findings;
}

function patternFindings(step: FlowStep, at: ConfigPath): FlowFinding[] {
  const findings: FlowFinding[] = [];
  const check = (source: string, path: ConfigPath, groups: boolean) => {
    const fault = patternFault(source, groups);
    if (fault !== null) findings.push({ path, message: fault });
  };
  for (const [i, source] of step.expect.match.entries()) {
    check(source, [...at, 'expect', 'match', i], false);
  }
  for (const [i, { match }] of step.expect.reject.entries()) {
    check(match, [...at, 'expect', 'reject', i, 'match'], false);
  }
  if (typeof step.sighting === 'string') {
    const path = [...at, 'sighting'];
    check(step.sighting, path, false);
    if (!variablesIn(step.sighting).includes('token')) {
      findings.push({ path, message: 'expected a pattern with {{token}} in it, found none' });
    }
    if (step.phase !== 'list' && step.phase !== 'visible') {
      const message = `expected sighting only in phases list and visible, found it in ${step.phase}`;
      findings.push({ path, message, atKey: true });
    }
  }
  for (const [name, source] of Object.entries(step.capture)) {
    const path = [...at, 'capture', name];
    check(source, path, true);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      findings.push({ path, message: 'expected a name of letters, digits and "_"', atKey: true });
    } else if (builtinVariables.some((builtin) => builtin === name)) {
      findings.push({
        path,
        message: `expected a name other than ${name}, which is built in`,
        atKey: true,
      });
    }
  }
  return findings;
}

function patternFault(source: string, groups: boolean): string | null {
  try {
    const pattern = patternOf(source, () => 'x');
    // An empty alternative always matches, so the match shows how many groups the pattern has.
    const found = new RegExp(`${pattern.source}|`).exec('') ?? [];
    return groups && found.length < 2
      ? 'expected a group ( ) to take the value from, found none'
      : null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /s, '') : 'unreadable';
    return `expected a regular expression, found a faulty one: ${reason}`;
  }
}
