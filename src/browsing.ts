import { dirname, join } from 'node:path';
import { type BrowserRooms, openChromiums } from '../probes/index.ts';
import type { Settings } from './config/settings.ts';

export interface Browsing {
  readonly rooms: BrowserRooms;
  /** Ends every browser; within 5 s. */
  stop(): Promise<void>;
}

/**
 * The browser, where a tenant's webmail needs one; null where none does, and then nothing of it is loaded.
 * Started by the first visit. What it keeps lies beside the database.
 * @param folder where profiles and pictures go
 */
export function openBrowsing(
  { browser, tenants, database }: Settings,
  folder = dirname(database),
): Browsing | null {
  const needed = tenants.some(({ webmail }) => webmail?.flow.driver === 'browser');
  if (browser === null || !needed) return null;
  const chromiums = openChromiums({ ...browser, profiles: join(folder, 'browser') });
  return {
    rooms: { chromiums, evidence: join(folder, 'evidence') },
    stop: () => chromiums.stop(),
  };
}
