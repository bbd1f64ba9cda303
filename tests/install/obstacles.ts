import type { Outcome } from '../container/cell.ts';
import { openRoot } from './bare-root.ts';

/** What is typed where Node 24 or a tool did not come along, and what is said to it. */
export interface Obstacle {
  readonly name: string;
  readonly npm: string;
  readonly node: string;
  readonly install: string;
  readonly typed: string;
  /** The one line; null where it works all the same. */
  readonly line: RegExp | null;
  /** Also without `--all`. */
  readonly always?: true;
}

/** An npm that node's own installation asks in vain, as where the registry has none for a platform. */
const withoutNode =
  'mkdir /tmp/vain && printf "#!/bin/sh\\nexit 1\\n" >/tmp/vain/npm && chmod +x /tmp/vain/npm &&' +
  ' PATH=/tmp/vain:$PATH node /usr/local/lib/node_modules/npm/bin/npm-cli.js ci';

const npm = '10.9.9';
const old = '18.20.8';
const needed =
  /^mailminute cannot run here: it needs Node 24, and this is [\d.]+\. Type: npm ci .+$/m;

const noNode = {
  name: 'no Node 24 for the platform',
  install: withoutNode,
  typed: 'npm run demo',
  line: needed,
};

const obstacles: readonly Obstacle[] = [
  {
    name: 'nothing installed',
    always: true,
    npm,
    node: old,
    install: 'true',
    typed: 'npm run demo',
    line: /^mailminute cannot run here: its packages are not installed\. Type: npm ci\.$/m,
  },
  {
    name: 'install scripts switched off',
    npm,
    node: old,
    install: 'npm ci --ignore-scripts',
    typed: 'npm run demo',
    line: needed,
  },
  {
    name: 'development packages left out',
    npm,
    node: old,
    install: 'npm ci --omit=dev',
    typed: 'npm test',
    line: /^npm test cannot run here: oxc-parser, .+ Type: npm ci --include=dev --include=optional\.$/m,
  },
  {
    name: 'optional packages left out',
    npm,
    node: old,
    install: 'npm ci --omit=optional',
    typed: 'npm run demo',
    line: needed,
  },
  // An npm that takes this for more than one package's failure removes what is not its own.
  { ...noNode, npm: '9.2.0', node: old },
  { ...noNode, npm, node: old, always: true },
  { ...noNode, npm: '11.21.2', node: '20.20.2' },
  { ...noNode, npm: '12.2.2', node: '22.23.5' },
  {
    name: 'Node 18 started by hand',
    npm,
    node: old,
    install: 'npm ci',
    typed: 'node src/launch.cjs version',
    line: /^mailminute cannot run here: .+ Type: npx mailminute, or an npm script\.$/m,
  },
  {
    name: 'tools left out',
    always: true,
    npm,
    node: '24.22.3',
    install: 'npm ci --omit=optional',
    typed: 'npm test',
    line: /^npm test cannot run here: oxc-parser, .+ Type: npm ci --include=dev --include=optional\.$/m,
  },
  {
    name: 'no Node 24 for the platform, but one of its own',
    npm,
    node: '24.22.3',
    install: withoutNode,
    typed: 'npx mailminute version',
    line: null,
  },
  {
    name: 'a binary that does not load',
    npm,
    node: '24.22.3',
    install: 'npm ci --omit=dev && truncate --size 0 node_modules/better-sqlite3/prebuilds/*',
    typed: 'npx mailminute version',
    line: /^mailminute cannot run here: better-sqlite3's binary for .+ does not load \(.+\)\. Use .+\.$/m,
  },
];

export function chosenObstacles(all: boolean): readonly Obstacle[] {
  return obstacles.filter(({ always }) => all || always === true);
}

/** @throws Error with what was said instead */
export async function meet(
  { install, typed, line }: Obstacle,
  layers: readonly string[],
  cache: string,
): Promise<void> {
  const machine = await openRoot('plain', layers, cache);
  try {
    const installed = await machine.type(install, 480_000);
    if (installed.code !== 0) throw new Error(`${install}: ${words(installed)}`);
    const said = await machine.typeOffline(typed, 60_000);
    const met = line === null ? said.code === 0 : said.code !== 0 && line.test(said.stderr);
    if (!met) throw new Error(`${typed}: ${words(said)}`);
  } finally {
    await machine.close();
  }
}

function words({ code, stdout, stderr }: Outcome): string {
  return `ended with ${code}\n${`${stdout}\n${stderr}`.slice(-3000)}`;
}
