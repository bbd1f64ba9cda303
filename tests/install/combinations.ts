import type { User } from './bare-root.ts';

/** One npm, started by one Node. */
export interface Pair {
  readonly npm: string;
  readonly node: string;
}

/** One machine that is tried. */
export interface Combination extends Pair {
  readonly user: User;
  /** One of the few that are always tried. */
  readonly usual: boolean;
}

/** The last of each line that the registry has, and of npm 9 the one that Debian 12 ships. */
const npms = ['9.2.0', '10.9.9', '11.21.2', '12.2.2'];
const nodes = ['18.20.8', '20.20.2', '22.23.5', '24.22.3'];

/** Each npm and each Node once, as newcomers are likely to have them; the first is Debian 12's pair. */
const usual: Readonly<Record<string, User>> = {
  '9/18': 'plain',
  '10/20': 'root',
  '12/22': 'plain',
  '11/24': 'root',
};

const users: readonly User[] = ['root', 'plain'];

/** The major number of a version. */
const line = (version: string) => version.split('.')[0] ?? version;

/**
 * Why a pair's npm does not start, null if it does. npm 11 wants Node 20.17, and npm 12 Node 22.22.2 or
 * 24.15, but they only warn of it.
 */
function impossible({ npm, node }: Pair): string | null {
  return line(npm) === '12' && line(node) === '18' ? 'npm 12 does not start on Node 18' : null;
}

const pairs: readonly Pair[] = npms.flatMap((npm) => nodes.map((node) => ({ npm, node })));

/** The pairs that nobody can have, and why; none of them is usual. */
export function impossiblePairs(all: boolean): readonly (Pair & { why: string })[] {
  return pairs.flatMap((pair) => {
    const why = impossible(pair);
    return all && why !== null ? [{ ...pair, why }] : [];
  });
}

/** Every pair that can be tried as both users, or the usual ones each as one. */
export function chosenCombinations(all: boolean): readonly Combination[] {
  return pairs.flatMap((pair) => {
    if (impossible(pair) !== null) return [];
    const usually = usual[`${line(pair.npm)}/${line(pair.node)}`];
    const chosen = all ? users : users.filter((user) => user === usually);
    return chosen.map((user) => ({ ...pair, user, usual: user === usually }));
  });
}
