import type { User } from './bare-root.ts';

/** One npm, started by one Node. */
export interface Pair {
  readonly npm: string;
  readonly node: string;
}

/** One machine that is tried. */
export interface Combination extends Pair {
  readonly user: User;
}

/** The last of each line that the registry has, and of npm 9 the one that Debian 12 ships. */
const npms = ['9.2.0', '10.9.9', '11.21.2', '12.2.2'];
const nodes = ['18.20.8', '20.20.2', '22.23.5', '24.22.3'];

/** Each npm and each Node once, as newcomers are likely to have them; the first is Debian 12's pair. */
const usual: readonly string[] = ['9/18', '10/20', '12/22', '11/24'];

const users: readonly User[] = ['root', 'plain'];

/** The major number of a version. */
const line = (version: string) => version.split('.')[0] ?? version;

/** Pairs whose npm does not start, by npm's own `engines`: nobody can have them. */
export function impossible({ npm, node }: Pair): string | null {
  const wanted: Readonly<Record<string, { nodes: readonly string[]; words: string }>> = {
    '11': { nodes: ['20', '22', '24'], words: 'Node 20.17, 22.9 or later' },
    '12': { nodes: ['22', '24'], words: 'Node 22.22.2, 24.15 or later' },
  };
  const need = wanted[line(npm)];
  return need === undefined || need.nodes.includes(line(node))
    ? null
    : `npm ${line(npm)} itself wants ${need.words}`;
}

const pairs: readonly Pair[] = npms.flatMap((npm) => nodes.map((node) => ({ npm, node })));

/** Every pair, or the usual ones. */
export function chosenPairs(all: boolean): readonly Pair[] {
  return pairs.filter(({ npm, node }) => all || usual.includes(`${line(npm)}/${line(node)}`));
}

/** What can be tried of the pairs: each as both users. */
export function chosenCombinations(all: boolean): readonly Combination[] {
  const possible = chosenPairs(all).filter((pair) => impossible(pair) === null);
  return possible.flatMap((pair) => users.map((user) => ({ ...pair, user })));
}
