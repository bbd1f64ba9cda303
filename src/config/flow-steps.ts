import type { BrowserStep, RequestStep } from '../domain/flow.ts';
import type { ConfigPath } from './fault.ts';
import type { FlowFinding } from './flow-variables.ts';

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

/** What is wrong with a step's request. */
export function requestFindings(step: RequestStep, at: ConfigPath): FlowFinding[] {
  const findings: FlowFinding[] = [];
  const { method, path, form, headers } = step.request;
  if (!isRelative(path)) {
    findings.push({ path: [...at, 'request', 'path'], message: notRelative });
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

/** What is wrong with what a browser is told to do in a step. */
export function actionFindings(step: BrowserStep, position: number): FlowFinding[] {
  const findings: FlowFinding[] = [];
  const at = ['steps', position, 'do'] as const;
  for (const [i, action] of step.do.entries()) {
    const path = [...at, i];
    if (action.verb === 'goto' && !isRelative(action.target))
      findings.push({ path: [...path, 'goto'], message: notRelative });
    if ((action.verb === 'fill') !== (action.with !== null)) {
      const message = 'expected "with" beside fill and nowhere else, found it otherwise';
      findings.push({ path, message });
    }
  }
  if (position === 0 && step.do[0]?.verb !== 'goto') {
    findings.push({ path: at, message: 'expected goto as the very first action, found another' });
  }
  return findings;
}

const notRelative = 'expected a path on the webmail itself, such as ./?_task=login, found another';

function isRelative(path: string): boolean {
  const base = 'https://webmail.invalid/folder/';
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || /[\s\\#]/.test(path)) return false;
  return URL.canParse(path, base) && new URL(path, base).origin === new URL(base).origin;
}
