import { join } from 'node:path';
import { builtInFolder, isPath, type Place, unreadable } from './files.ts';
import type { Section } from './section.ts';
import { nearest } from './suggest.ts';
import { isLine } from './values.ts';
import type { World } from './world.ts';

/** A text that a configuration refers to, and where it came from. */
interface Referenced extends Place {
  /** Null when the file was read before: its decoded form is in the world's cache. */
  readonly text: string | null;
}

/**
 * Reads what `contract:` or `flow:` names: something that comes with the program, or a file.
 * Null after reporting the fault.
 */
export function readReferenced(
  section: Section,
  kind: 'contracts' | 'flows',
  fallback: string,
  seen: ReadonlyMap<string, unknown>,
  world: World,
): Referenced | null {
  const reference = section.value ?? fallback;
  const one = kind === 'contracts' ? 'contract' : 'flow';
  if (section.value === null || !isLine(reference)) {
    section.fault(
      `expected the name of a ${one} or the path of its file, found ${section.found()}`,
    );
    return null;
  }
  const builtIn = !isPath(reference);
  const own = join(builtInFolder(kind), `${reference}.yaml`);
  const place = builtIn ? { path: own, shown: own } : world.besides(section.source, reference);
  if (seen.has(place.path)) return { ...place, text: null };
  try {
    return { ...place, text: world.files.read(place.path) };
  } catch (error) {
    section.fault(
      builtIn
        ? `there is no ${one} named ${section.found()}; ${choices(reference, kind, world)}`
        : `the file ${place.shown} cannot be read: ${unreadable(error)}`,
    );
    return null;
  }
}

function choices(reference: string, kind: 'contracts' | 'flows', world: World): string {
  const names = namesIn(kind, world);
  const meant = nearest(reference, names);
  if (meant !== null) return `did you mean ${JSON.stringify(meant)}?`;
  return `known are ${names.join(', ')}; a file is named by its path, such as ./${kind}/mine.yaml`;
}

function namesIn(kind: 'contracts' | 'flows', world: World): readonly string[] {
  try {
    const files = world.files.list(builtInFolder(kind));
    const names = files.filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5));
    return names.sort().slice(0, 40);
  } catch {
    return [];
  }
}
