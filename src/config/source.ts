import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { type ConfigFault, type ConfigPath, formatPath } from './fault.ts';
import { offsetOf, offsetOfKey } from './offset.ts';

/** A YAML text that was read: plain data, and where in the text each part of it stands. */
export interface Source {
  readonly file: string;
  readonly data: unknown;
  /** A fault at `path`: placed at its value, or at its key, or at the nearest parent that exists. */
  faultAt(path: ConfigPath, message: string): ConfigFault;
  /** A fault at the key `key` itself of the mapping at `path`, for a key that should not be there. */
  faultAtKey(path: ConfigPath, key: string, message: string): ConfigFault;
}

interface Parsed {
  readonly source: Source | null;
  readonly faults: readonly ConfigFault[];
}

/** A text longer than this (in UTF-16 units) is no configuration. */
const maximumLength = 1024 * 1024;
/** Aliases multiply: a short text may unfold to gigabytes. `yaml` counts what they unfold to. */
const maximumAliases = 1000;

/**
 * Reads one YAML 1.2 document. Anchors, aliases and merge keys (`<<`) are fine; duplicate keys, unknown
 * tags and several documents are not. Either `source` is null or `faults` is empty. Never throws.
 */
export function parseSource(text: string, file: string): Parsed {
  if (text.length > maximumLength) {
    return refuse({ file, line: null, column: null, path: '', message: 'longer than 1 MiB' });
  }
  try {
    return readDocument(text, file);
  } catch {
    // The parser recurses: thousands of open brackets exhaust the stack.
    return refuse({ file, line: null, column: null, path: '', message: 'nested too deeply' });
  }
}

function readDocument(text: string, file: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false, // their excerpts would show the lines around, secrets included
    merge: true,
    stringKeys: true,
    logLevel: 'error',
  });
  const at = (offset: number, path: string, message: string): ConfigFault => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), path, message };
  };
  const faults = firstOfEachLine(
    [...document.errors, ...document.warnings].map((error) =>
      at(error.pos[0], '', syntaxMessages[error.code] ?? 'not valid YAML'),
    ),
  );
  faults.push(...brokenAliases(document).map((offset) => at(offset, '', noSuchAnchor)));
  if (faults.length > 0) return { source: null, faults };
  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: maximumAliases });
  } catch {
    return refuse(at(0, '', 'aliases unfold to too much, or a merge key (<<) names no mapping'));
  }
  const source: Source = {
    file,
    data,
    faultAt: (path, message) => at(offsetOf(document, path), formatPath(path), message),
    faultAtKey: (path, key, message) =>
      at(offsetOfKey(document, path, key), formatPath([...path, key]), message),
  };
  return { source, faults: [] };
}

function refuse(fault: ConfigFault): Parsed {
  return { source: null, faults: [fault] };
}

/** What follows the first error of a line is its echo: one open bracket gives dozens. */
function firstOfEachLine(faults: readonly ConfigFault[]): ConfigFault[] {
  const byLine = new Map<number | null, ConfigFault>();
  for (const fault of faults) {
    const known = byLine.get(fault.line);
    if (known === undefined || (fault.column ?? 0) < (known.column ?? 0)) {
      byLine.set(fault.line, fault);
    }
  }
  return [...byLine.values()];
}

const noSuchAnchor =
  'an alias (*name) without an anchor (&name) before it; a text that starts with * needs quotes';

/** Our own words: the parser's may quote the text, and the text may hold a misplaced secret. */
const syntaxMessages: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE: 'an unknown \\ escape in a text in double quotes',
  BAD_INDENT: 'wrong indentation, or a bracket that is not closed',
  BAD_SCALAR_START: 'a text that starts with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'two keys on one line; a text that holds ": " needs quotes',
  BLOCK_IN_FLOW: 'an indented block inside brackets',
  DUPLICATE_KEY: 'the same key a second time in one mapping',
  MISSING_CHAR: 'a quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a line without "key: value" (is a space after the colon missing?)',
  MULTIPLE_DOCS: 'a second document (---); expected one',
  NON_STRING_KEY: 'a key that is no text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab in the indentation; YAML wants spaces',
  TAG_RESOLVE_FAILED: 'an unknown tag; a text that starts with ! needs quotes',
};

/** Offsets of aliases that point nowhere, or into themselves. */
function brokenAliases(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  let count = 0;
  visit(document, {
    Alias(_key, alias, parents) {
      count += 1;
      if (count > maximumAliases) return visit.BREAK; // each look-up walks the document
      const target = alias.resolve(document);
      if (target === undefined || parents.some((parent) => parent === target)) {
        offsets.push(alias.range?.[0] ?? 0);
      }
    },
  });
  return offsets;
}
