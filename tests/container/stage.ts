import type { Compose } from './bring-up.ts';
import type { Cell } from './cell.ts';
import type { Mounted } from './running.ts';

/** What the tests of a stack are given once the images are there. */
export interface Stage {
  readonly cell: Cell;
  readonly compose: Compose;
  readonly mounted: Mounted;
  /** Fulfilled when the image of the demo's tenant is there. */
  readonly tenant: Promise<void>;
}

/** Every row of evidence up to an id, as one hash; and the newest id. Run in the container. */
export const evidence = (upTo: number) => `
  const Database = require('/app/node_modules/better-sqlite3');
  const database = new Database('/data/mailminute.db', { readonly: true });
  const rows = database.prepare('SELECT * FROM result WHERE id <= ? ORDER BY id').all(${upTo});
  const hash = require('node:crypto').createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  const { newest } = database.prepare('SELECT max(id) AS newest FROM result').get();
  console.log(JSON.stringify({ hash, count: rows.length, newest }));`;
