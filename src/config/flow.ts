import * as z from 'zod';
import {
  type BrowserAction,
  type BrowserVerb,
  browserVerbs,
  type Flow,
  flowPhases,
  type RequestStep,
  rejectionReasons,
} from '../domain/flow.ts';
import { type ConfigFault, type ConfigPath, describe } from './fault.ts';
import { flowFindings } from './flow-rules.ts';
import type { FlowFinding } from './flow-variables.ts';
import { parseSource } from './source.ts';

/** Either `flow` is null or `faults` is empty. */
export interface DecodedFlow {
  readonly flow: Flow | null;
  readonly faults: readonly ConfigFault[];
}

const text = (limit: number) => z.string().min(1).max(limit);
const patterns = z.array(text(2000)).max(20).default([]);

const common = {
  name: text(60),
  phase: z.enum(flowPhases),
  expect: z
    .strictObject({
      status: z.array(z.int().min(200).max(599)).min(1).max(20).default([200]),
      match: patterns,
      reject: z
        .array(z.strictObject({ match: text(2000), reason: z.enum(rejectionReasons) }))
        .max(20)
        .default([]),
    })
    .prefault({}),
  capture: z.record(text(60), text(2000)).default({}),
  repeat: z.boolean().default(false),
  sighting: text(2000).nullable().default(null),
};

const requestStep = z.strictObject({
  ...common,
  request: z.strictObject({
    method: z.enum(['GET', 'POST']).default('GET'),
    path: z.string().max(2000),
    form: z.record(text(200), z.string().max(2000)).default({}),
    encoding: z.enum(['form', 'json']).default('form'),
    headers: z.record(text(200), z.string().max(2000)).default({}),
  }),
}) satisfies z.ZodType<RequestStep>;

const verbs = Object.fromEntries(
  browserVerbs.map((verb) => [verb, text(2000).optional()]),
) as Record<BrowserVerb, z.ZodOptional<z.ZodString>>;

const action = z
  .strictObject({
    ...verbs,
    with: z.string().max(2000).nullable().default(null),
    in: text(2000).nullable().default(null),
  })
  .transform((given, context): BrowserAction => {
    const named = browserVerbs.filter((verb) => given[verb] !== undefined);
    const [verb = 'goto'] = named;
    if (named.length !== 1) {
      const message = `one of ${browserVerbs.join(', ')}`;
      context.issues.push({ code: 'custom', message, input: given });
    }
    return { verb, target: given[verb] ?? '', with: given.with, in: given.in };
  });

const browserStep = z.strictObject({ ...common, do: z.array(action).max(30).default([]) });

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/);
const steps = <T extends z.ZodType>(step: T) => z.array(step).min(1).max(30);
const httpFlow = z.strictObject({
  name,
  driver: z.literal('http').default('http'),
  steps: steps(requestStep),
});
const browserFlow = z.strictObject({
  name,
  driver: z.literal('browser'),
  steps: steps(browserStep),
});

/** Either schema has faults of its own to report, so the driver decides which one is asked. */
function schemaFor(data: unknown): z.ZodType<Flow> {
  const isBrowser =
    typeof data === 'object' && data !== null && 'driver' in data && data.driver === 'browser';
  return isBrowser ? browserFlow : httpFlow;
}

/**
 * A webmail flow from YAML text (see docs/webmail-flows.md). All faults at once, each with its line.
 * @param file the name to show in faults; nothing is read from it.
 */
export function decodeFlow(yaml: string, file: string): DecodedFlow {
  const { source, faults } = parseSource(yaml, file);
  if (source === null) return { flow: null, faults };
  const decoded = schemaFor(source.data).safeParse(source.data);
  const findings = decoded.success
    ? flowFindings(decoded.data)
    : decoded.error.issues.flatMap((issue) => findingsOf(issue, source.data));
  if (decoded.success && findings.length === 0) return { flow: decoded.data, faults: [] };
  const located = findings.map(({ path, message, atKey }) =>
    atKey === true
      ? source.faultAtKey(path.slice(0, -1), String(path.at(-1)), message)
      : source.faultAt(path, message),
  );
  return { flow: null, faults: located };
}

function findingsOf(issue: z.core.$ZodIssue, root: unknown): FlowFinding[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `expected no such key, found ${describe(key)}`,
      atKey: true,
    }));
  }
  return [{ path, message: `expected ${expectationOf(issue)}, found ${describe(at(root, path))}` }];
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected;
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_small') return `at least ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'invalid_format') return 'a name of a–z, 0–9 and "-", at most 60 characters';
  return 'a valid value';
}

function unitOf(origin: string): string {
  return { string: ' characters', array: ' entries' }[origin] ?? '';
}

function at(root: unknown, path: ConfigPath): unknown {
  let value: unknown = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === String(part))?.[1];
  }
  return value;
}
