import type { Attempt } from '../dialogue.ts';
import { foldersFor, quoted } from './folders.ts';
import { Lookout } from './lookout.ts';
import { openFolder } from './mailbox.ts';
import type { Session } from './session.ts';

/** Where the server does not tell which folder it is; the last four are 垃圾邮件, 垃圾邮箱, 垃圾箱 and 垃圾信箱. */
const junkNames = [
  'junk',
  'junk e-mail',
  'junk email',
  'junk mail',
  'spam',
  'bulk',
  'bulk mail',
  '&v4nxppcutvy-',
  '&v4nxppcue7e-',
  '&v4nxpnux-',
  '&v4nxpk,he7e-',
];

/** The name as the server writes it; null when there is no such folder. @throws Fault */
export async function findJunk(session: Session): Promise<string | null> {
  const [name = null] = await foldersFor(session, '\\Junk', junkNames);
  return name;
}

/** Looks for all missing messages in Junk; null when it cannot be opened. Phase `select`. @throws Fault */
export async function lookIntoJunk(
  attempt: Attempt,
  session: Session,
  name: string,
): Promise<Lookout | null> {
  const folder = await openFolder(attempt, session, `EXAMINE ${quoted(name)}`);
  if (typeof folder === 'string') return null;
  const lookout = new Lookout(attempt, session, folder, 'junk');
  await lookout.lookBack();
  return lookout;
}
