import { accessSync, constants } from 'node:fs';
import { z } from 'zod';
import { besides } from './files.ts';
import type { Section } from './section.ts';
import type { BrowserSettings } from './settings.ts';
import { isLine, value } from './values.ts';

const browserShape = z.strictObject({
  executable: value({
    expected: 'the path of a Chromium such as /usr/bin/chromium',
    read: (input) => (isLine(input) ? input : undefined),
  }),
  sandbox: value({
    expected: 'true or false',
    read: (input) => (typeof input === 'boolean' ? input : undefined),
    fallback: null,
  }),
});

/**
 * The browser for webmail flows that need one; null when absent or faulty.
 * @param file the configuration's own, at whose folder relative paths start
 */
export function readBrowser(
  section: Section,
  file: string,
  isRoot = process.getuid?.() === 0,
): BrowserSettings | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(browserShape);
  if (decoded === null || !section.isMapping()) return null;
  const executable = besides(file, decoded.executable).path;
  try {
    accessSync(executable, constants.X_OK);
  } catch {
    section
      .at('executable')
      .fault(`expected a program, found none that can be run at ${JSON.stringify(executable)}`);
    return null;
  }
  // Chromium's sandbox refuses to work for root.
  return { executable, sandbox: decoded.sandbox ?? !isRoot };
}
