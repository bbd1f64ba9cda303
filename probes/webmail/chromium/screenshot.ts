import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Bytes of one picture; a larger one is not kept. */
const largest = 1024 * 1024;
/** Pictures in the folder, the newest. */
const most = 100;

/**
 * Keeps a picture of a failed page as evidence. Fields are emptied before, and the secret is covered
 * wherever the page shows it; a page that cannot be cleaned so is not kept. @throws what the driver throws
 * @param secret what was typed in; null if nothing was
 */
export async function keepScreenshot(
  page: Page,
  folder: string,
  name: string,
  secret: string | null,
): Promise<void> {
  for (const frame of page.frames()) await frame.evaluate(cleaning(secret));
  const picture = await page.screenshot({
    type: 'jpeg',
    quality: 60,
    animations: 'disabled',
    mask: [page.locator('input[type=password]')],
    timeout: 0,
  });
  if (picture.length > largest) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, name);
  await writeFile(`${file}.part`, picture, { mode: 0o600 });
  await rename(`${file}.part`, file);
  await dropOldest(folder);
}

/** Runs in the page, which has been told the secret already if it is given here. */
function cleaning(secret: string | null): string {
  return `((secret) => {
    for (const field of document.querySelectorAll('input,textarea'))
      if (field.type === 'password' || (secret && field.value.includes(secret))) field.value = '';
    if (!secret) return;
    const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      texts.currentNode.nodeValue = texts.currentNode.nodeValue.replaceAll(secret, '[masked]');
  })(${JSON.stringify(secret)})`;
}

/** Names begin with the time, so that their order is the order of time. */
async function dropOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => /\.jpg(\.part)?$/.test(name)).sort();
  for (const name of names.slice(0, Math.max(0, names.length - most)))
    await rm(join(folder, name), { force: true });
}
