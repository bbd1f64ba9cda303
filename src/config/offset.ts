import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { ConfigPath } from './fault.ts';

/** Where the value at `path` stands in the text: at itself, at its key, or at the nearest parent that exists. */
export function offsetOf(document: Document.Parsed, path: ConfigPath): number {
  let node: Node | null = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    const step = descend(document, node, part);
    if (step === null) break; // a missing key: the place is its parent's
    node = step.node;
    offset = step.offset;
  }
  return offset;
}

/** Where the key `key` of the mapping at `path` stands. */
export function offsetOfKey(document: Document.Parsed, path: ConfigPath, key: string): number {
  let node: Node | null = document.contents;
  for (const part of path) node = descend(document, node, part)?.node ?? null;
  const pair = pairOf(document, node, key);
  return startOf(pair?.key) ?? offsetOf(document, path);
}

/** One step down. A scalar's place is itself; a block's place is the key that it hangs on. */
function descend(
  document: Document.Parsed,
  node: Node | null,
  part: string | number,
): { node: Node | null; offset: number } | null {
  const parent = resolved(document, node);
  if (isSeq(parent) && typeof part === 'number') {
    const item = parent.items[part] as Node | undefined;
    return item === undefined ? null : { node: item, offset: startOf(item) ?? 0 };
  }
  const pair = pairOf(document, parent, String(part));
  if (pair === null) return null;
  const value = pair.value as Node | null;
  const plain = isScalar(value) && value.value !== null;
  const offset = (plain ? startOf(value) : startOf(pair.key)) ?? startOf(value) ?? 0;
  return { node: value, offset };
}

/** The pair of a key in a mapping, or in the mappings that it merges. */
function pairOf(document: Document.Parsed, node: Node | null, key: string, depth = 0): Pair | null {
  const map = resolved(document, node);
  if (!isMap(map) || depth > 8) return null;
  const named = (name: string) =>
    map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === name) ?? null;
  const own = named(key);
  if (own !== null) return own;
  const merged = resolved(document, (named('<<')?.value ?? null) as Node | null);
  const parts = isSeq(merged) ? merged.items : [merged];
  for (const part of parts) {
    const found = pairOf(document, part as Node | null, key, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function resolved(document: Document.Parsed, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function startOf(node: unknown): number | null {
  const range = (node as Node | null | undefined)?.range;
  return range?.[0] ?? null;
}
