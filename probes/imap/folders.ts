import type { Session } from './session.ts';

const mostFolders = 5;

/**
 * Names of the folders with this use (RFC 6154); where the server does not tell, those that are called so.
 * @param names in lower case, without the folders around them. @throws Fault when the dialogue ends
 */
export async function foldersFor(
  session: Session,
  use: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const used: string[] = [];
  const called: string[] = [];
  const command = session.offers('SPECIAL-USE')
    ? 'LIST "" "*" RETURN (SPECIAL-USE)'
    : 'LIST "" "*"';
  await session.ask(command, {
    quiet: true,
    on: {
      LIST({ values }) {
        const [attributes, delimiter, name] = values;
        if (typeof name !== 'string' || !Array.isArray(attributes)) return;
        // Other characters would have to be a literal (RFC 9051 §4.3), and end a command early.
        if (!/^[\x20-\x7e]{1,500}$/.test(name)) return;
        const flags = attributes.map((one: unknown) => String(one).toLowerCase());
        if (flags.includes('\\noselect')) return;
        if (flags.includes(use.toLowerCase())) used.push(name);
        const last = typeof delimiter === 'string' ? name.split(delimiter).at(-1) : name;
        if (names.includes((last ?? '').toLowerCase())) called.push(name);
      },
    },
  });
  return (used.length > 0 ? used : called).slice(0, mostFolders);
}

/** A string of IMAP (RFC 9051 §4.3). */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
