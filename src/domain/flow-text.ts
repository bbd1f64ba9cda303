/** The variables that every flow has; the others come from its own captures. */
export const builtinVariables = [
  'username',
  'password',
  'address',
  'token',
  'subject',
  'body',
] as const;

const placeholder = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g;

/** The names between `{{` and `}}` in a flow's text, in order, with repetitions. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map((found) => found[1] ?? '');
}

/** The text with every `{{name}}` replaced by what `lookup(name)` gives. */
export function expand(text: string, lookup: (name: string) => string): string {
  return text.replace(placeholder, (_, name: string) => lookup(name));
}

/** A flow's pattern: case-insensitive, `.` also matches a line end, variables stand for themselves. */
export function patternOf(source: string, lookup: (name: string) => string): RegExp {
  return new RegExp(
    expand(source, (name) => RegExp.escape(lookup(name))),
    'is',
  );
}
