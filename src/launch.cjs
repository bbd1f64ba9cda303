#!/usr/bin/env node
/*
 * What starts mailminute from a clone, in JavaScript that every Node can read: it says in one line why
 * mailminute cannot run here, and what to type. Preloaded with --require it does only that.
 */
'use strict';
const { existsSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');

const packages = join(__dirname, '../node_modules');
const platform = `${process.platform}-${process.arch}`;

/** @returns {string | null} */
function obstacle() {
  if (!existsSync(join(packages, 'commander')))
    return 'its packages are not installed. Type: npm ci';
  if (Number(process.versions.node.split('.')[0]) < 24) {
    const here = `it needs Node 24, and this is ${process.versions.node}.`;
    return existsSync(join(packages, 'node/bin/node'))
      ? `${here} Node 24 is in node_modules, and npm takes it from there. Type: npx mailminute, or an npm script`
      : `${here} Type: npm ci --include=dev --include=optional --ignore-scripts=false, which brings it; if it does not for ${platform}, install Node 24 from nodejs.org, and type: npm ci`;
  }
  const binaries = join(packages, 'better-sqlite3/prebuilds');
  // Its names for the C library musl begin with linuxmusl; glibc tells its version in the report.
  const musl =
    process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
  const binary = musl ? platform.replace('linux', 'linuxmusl') : platform;
  if (!existsSync(join(binaries, `${binary}.node`)))
    return `better-sqlite3 brings no binary for ${binary}. Use Linux or macOS on x64 or arm64`;
  try {
    require(join(binaries, `${binary}.node`));
  } catch (error) {
    // As on a Linux that is older than the binary.
    const [line] = String(error).split('\n');
    return `better-sqlite3's binary for ${binary} does not load (${line}). Use a newer system: on Linux one with glibc 2.34 or later`;
  }
  return null;
}

const why = obstacle();
if (why !== null) {
  process.stderr.write(`mailminute cannot run here: ${why}.\n`);
  process.exit(2);
}
if (require.main === module) {
  // Types are stripped and code is compiled once for all: the next start takes half the time, and 12 MiB less.
  enableCompileCache(join(packages, '.cache/mailminute'));
  import('./cli.ts');
}
