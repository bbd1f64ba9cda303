import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { openCompose } from './bring-up.ts';
import { root } from './build.ts';
import { openCell } from './cell.ts';
import { testDefaultStack } from './default-stack.ts';
import { testDemoStack } from './demo-stack.ts';
import { buildImage, buildTenant } from './image.ts';
import { testImage } from './image-tests.ts';
import { missingHere } from './requirements.ts';
import { writeConfiguration } from './running.ts';
import type { Stage } from './stage.ts';
import { bringBase, buildStandIns, standInNotice } from './stand-ins.ts';

const packages = readFileSync(join(import.meta.dirname, 'packages.txt'), 'utf8')
  .trim()
  .split('\n');
const skip = missingHere(packages, true);

/** One set of images for all of it: to build them takes longer than to try them. */
describe('in containers', { skip, timeout: 1_200_000 }, () => {
  let made: Stage | null = null;
  const stage = (): Stage => {
    if (made === null) throw new Error('the images could not be built');
    return made;
  };

  before(async () => {
    console.log(standInNotice);
    const cell = await openCell();
    try {
      await bringBase(cell);
      const composition = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
      // The demo comes last: its tenant is built while the rest is tried.
      const tenant = buildTenant(cell);
      tenant.catch(() => {});
      await Promise.all([buildImage(cell), buildStandIns(cell, composition)]);
      const mounted = await writeConfiguration(cell.directory);
      made = { cell, mounted, tenant, compose: await openCompose(cell) };
    } catch (error) {
      await cell.close();
      throw error;
    }
  });
  after(() => made?.cell.close());

  testImage(stage);
  testDefaultStack(stage);
  testDemoStack(stage);
});
