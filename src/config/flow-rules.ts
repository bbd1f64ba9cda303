import { builtinVariables, patternOf, variablesIn } from '../domain/flow.ts';
import type { Flow, FlowStep } from '../domain/tenant.ts';
import type { ConfigPath } from './fault.ts';
import { type FlowFinding, variableFindings } from './flow-variables.ts';

const order = ['page', 'auth', 'list', 'visible', 'fetch', 'logout'] as const;

/** Headers that are the probe's own: a flow that set them could break the framing of a request. */
const ownHeaders = [
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
];

/** What is wrong with a well-typed flow: order, variables, patterns, paths, headers. Empty: nothing. */
export function flowFindings(flow: Flow): FlowFinding[] {
  const findings: FlowFinding[] = orderFindings(flow);
  const known = new Set<string>(builtinVariables);
  /** Those that are not there when the token was not seen, so that logging out cannot need them. */
  const late = new Set<string>(['token']);
  for (const [position, step] of flow.steps.entries()) {
    const path = ['steps', position] as const;
    findings.push(...requestFindings(step, path), ...patternFindings(step, path));
    findings.push(...variableFindings(step, path, known, late));
    for (const name of Object.keys(step.capture)) {
      known.add(name);
      if (step.phase === 'visible' || step.phase === 'fetch') late.add(name);
    }
  }
  return findings;
}

function orderFindings(flow: Flow): FlowFinding[] {
  const findings: FlowFinding[] = [];
  let furthest = 0;
  for (const [position, step] of flow.steps.entries()) {
    const place = order.indexOf(step.phase);
    const path = ['steps', position, 'phase'];
    if (position === 0 && step.phase !== 'page') {
      findings.push({
        path,
        message: `expected the first step in phase page, found ${step.phase}`,
      });
    } else if (place < furthest) {
      const message = `expected the order ${order.join(', ')}, found ${step.phase} after ${order[furthest]}`;
      findings.push({ path, message });
    }
    furthest = Math.max(furthest, place);
  }
  for (const [position, step] of flow.steps.entries()) {
    if (step.repeat === (step.phase === 'visible')) continue;
    const message = step.repeat
      ? `expected repeat only in phase visible, found it in ${step.phase}`
      : 'expected repeat: true in phase visible, found false';
    findings.push({ path: ['steps', position, 'repeat'], message });
  }
  const phases = flow.steps.map((step) => step.phase);
  if (phases.filter((phase) => phase === 'visible').length > 1) {
    const path = ['steps', phases.lastIndexOf('visible'), 'phase'];
    findings.push({ path, message: 'expected one step in phase visible, found another' });
  }
  const deep = phases.findIndex((phase) => phase !== 'page');
  if (deep > 0 && !(phases.includes('auth') && phases.includes('list'))) {
    const message = 'expected steps in phase auth and in phase list as well, or only in phase page';
    findings.push({ path: ['steps', deep, 'phase'], message });
  }
  return findings;
}

function requestFindings(step: FlowStep, at: ConfigPath): FlowFinding[] {
  const findings: FlowFinding[] = [];
  const { method, path, form, headers } = step.request;
  if (!isRelative(path)) {
    const message = 'expected a path on the webmail itself, such as ./?_task=login, found another';
    findings.push({ path: [...at, 'request', 'path'], message });
  }
  if (method === 'GET' && Object.keys(form).length > 0) {
    findings.push({
      path: [...at, 'request', 'form'],
      message: 'expected method POST with a form, found GET',
    });
  }
  for (const [name, value] of Object.entries(headers)) {
    const path = [...at, 'request', 'headers', name];
    // RFC 9110 §5.6.2 token, §5.5 field value.
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || ownHeaders.includes(name.toLowerCase())) {
      const message = 'expected a header that the probe does not set itself, found this name';
      findings.push({ path, message, atKey: true });
    }
    if (!/^[\t\x20-\x7e]*$/.test(value)) {
      findings.push({ path, message: 'expected printable ASCII, found something else' });
    }
  }
  return findings;
}

function isRelative(path: string): boolean {
  const base = 'https://webmail.invalid/folder/';
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || /[\s\\#]/.test(path)) return false;
  return URL.canParse(path, base) && new URL(path, base).origin === new URL(base).origin;
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
