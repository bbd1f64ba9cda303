import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

export interface CertificateFiles {
  readonly chain: string;
  readonly key: string;
}

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/**
 * A certificate in two files, which are renewed under our feet: `read` gives the pair when it is new
 * and fits together, null when nothing has changed. A pair that is half renewed is asked for again.
 */
export function watchCertificate({ chain, key }: CertificateFiles) {
  let known = '';
  return {
    /** @throws when a file cannot be read, or the two do not fit */
    async read(): Promise<Pair | null> {
      const state = (await Promise.all([stat(chain), stat(key)]))
        .map(({ mtimeMs, ino, size }) => `${mtimeMs} ${ino} ${size}`)
        .join(' ');
      if (state === known) return null;
      const pair = { cert: await readFile(chain, 'utf8'), key: await readFile(key, 'utf8') };
      createSecureContext(pair);
      known = state;
      return pair;
    },
  };
}
