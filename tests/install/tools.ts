import { createRequire } from 'node:module';

/** The native parts of what checks the code, each by who asks for it. */
const parts = [
  { of: 'knip', name: 'oxc-parser' },
  { of: 'knip', name: 'oxc-resolver' },
];

const here = createRequire(import.meta.url);

/** What of the tools that check the code is not installed here; null if all of it is. */
export function missingTool(): string | null {
  for (const { of, name } of parts) {
    try {
      createRequire(here.resolve(of))(name);
    } catch {
      // Its own words are a bug of npm's and an order to remove the lock file.
      return `${name}, which ${of} needs, is not installed for ${process.platform}-${process.arch}. Type: npm ci --include=dev --include=optional`;
    }
  }
  return null;
}

// The first step of `npm run check`.
if (import.meta.main) {
  const missing = missingTool();
  if (missing !== null) {
    process.stderr.write(`npm run check cannot run here: ${missing}.\n`);
    process.exit(2);
  }
}
