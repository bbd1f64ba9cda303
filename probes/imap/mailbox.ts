import type { Attempt } from '../dialogue.ts';
import { imapFault } from '../failure/imap.ts';
import { fetchAttribute } from './fetch.ts';
import type { Session } from './session.ts';
import type { Untagged } from './untagged.ts';

/** What SELECT or EXAMINE told of a folder. */
export interface OpenFolder {
  /** Null when the server does not tell: then no UID outlives the session. */
  readonly uidValidity: number | null;
  /** Messages that come from now on have at least this UID. */
  readonly uidNext: number;
  readonly readOnly: boolean;
  /** Wall ms at which SELECT was sent: nothing with a UID from `uidNext` on was there then. */
  readonly selectedAt: number;
}

/** The client's name, where it is asked for: NetEase refuses SELECT without (RFC 2971). */
const identity = 'ID ("name" "mailminute")';

/** Opens INBOX (RFC 9051 §6.3.2). Phase `select`. @throws Fault */
export async function openInbox(attempt: Attempt, session: Session): Promise<OpenFolder> {
  attempt.phase('select');
  // Whatever is answered: the identity is a courtesy, SELECT is what is judged.
  if (session.offers('ID')) await session.ask(identity);
  const inbox = await openFolder(attempt, session, 'SELECT INBOX');
  if (typeof inbox === 'string') throw imapFault(inbox, 'other');
  return inbox;
}

/** Opens a folder by this command; the answer's line if the server does not. @throws Fault */
export async function openFolder(
  attempt: Attempt,
  session: Session,
  command: string,
): Promise<OpenFolder | string> {
  let uidValidity: number | null = null;
  let uidNext: number | null = null;
  const selectedAt = attempt.now();
  const answer = await session.ask(command, {
    on: {
      OK: (response) => {
        uidValidity = codeNumber(response, 'UIDVALIDITY') ?? uidValidity;
        uidNext = codeNumber(response, 'UIDNEXT') ?? uidNext;
      },
    },
  });
  session.takeGrowth();
  if (answer.status !== 'OK') return answer.line;
  return {
    uidValidity,
    uidNext: uidNext ?? (await uidAfterLast(session)),
    readOnly: answer.code === 'READ-ONLY',
    selectedAt,
  };
}

function codeNumber({ code }: Untagged, name: string): number | null {
  const [told, word] = code;
  if (told?.toUpperCase() !== name) return null;
  return word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : null;
}

/** Old servers do not tell UIDNEXT (RFC 3501 §6.3.1 lets them). */
async function uidAfterLast(session: Session): Promise<number> {
  let last = 0;
  if (session.exists === 0) return 1;
  await session.order('FETCH * (UID)', {
    on: {
      FETCH: (response) => {
        const uid = Number(fetchAttribute(response, 'UID') ?? 0);
        if (Number.isSafeInteger(uid)) last = Math.max(last, uid);
      },
    },
  });
  return last + 1;
}
