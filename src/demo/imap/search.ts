import { headerFields, splitMessage } from '../message.ts';
import { ParseError, type Token, textOf } from './parse.ts';
import { isSequenceSet, type MailboxView, type Seen } from './view.ts';

type Criterion = (seen: Seen) => boolean;

const flagged = (flag: string): Criterion => {
  const wanted = flag.toLowerCase();
  return ({ message }) => [...message.flags].some((name) => name.toLowerCase() === wanted);
};
const not =
  (criterion: Criterion): Criterion =>
  (seen) =>
    !criterion(seen);

const plain: Readonly<Record<string, Criterion>> = {
  ALL: () => true,
  SEEN: flagged('\\Seen'),
  UNSEEN: not(flagged('\\Seen')),
  DELETED: flagged('\\Deleted'),
  UNDELETED: not(flagged('\\Deleted')),
  FLAGGED: flagged('\\Flagged'),
  UNFLAGGED: not(flagged('\\Flagged')),
  ANSWERED: flagged('\\Answered'),
  UNANSWERED: not(flagged('\\Answered')),
  DRAFT: flagged('\\Draft'),
  UNDRAFT: not(flagged('\\Draft')),
  OLD: () => true,
  RECENT: () => false,
  NEW: () => false,
};

/** SEARCH (RFC 3501 §6.4.4): the messages that meet every criterion. @throws ParseError */
export function search(view: MailboxView, tokens: readonly Token[]): Seen[] {
  const queue = [...tokens];
  if (queue[0]?.kind === 'atom' && queue[0].text.toUpperCase() === 'CHARSET') queue.splice(0, 2);
  const criterion = all(queue, view);
  return view.messages().filter(criterion);
}

function all(queue: Token[], view: MailboxView): Criterion {
  if (queue.length === 0) throw new ParseError('search criterion expected');
  const criteria: Criterion[] = [];
  while (queue.length > 0) criteria.push(take(queue, view));
  return (seen) => criteria.every((criterion) => criterion(seen));
}

function take(queue: Token[], view: MailboxView): Criterion {
  const token = queue.shift();
  if (token?.kind === 'list') return all([...token.items], view);
  const key = textOf(token).toUpperCase();
  if (isSequenceSet(key)) return oneOf(view.named(key, false));
  const known = Object.hasOwn(plain, key) ? plain[key] : undefined;
  if (known !== undefined) return known;
  const argument = (): string => textOf(queue.shift());
  switch (key) {
    case 'NOT':
      return not(take(queue, view));
    case 'OR':
      return either(take(queue, view), take(queue, view));
    case 'UID':
      return oneOf(view.named(argument(), true));
    case 'HEADER':
      return headerHolds(argument(), argument());
    case 'SUBJECT':
    case 'FROM':
    case 'TO':
    case 'CC':
      return headerHolds(key, argument());
    case 'KEYWORD':
      return flagged(argument());
    case 'UNKEYWORD':
      return not(flagged(argument()));
    case 'TEXT':
    case 'BODY':
      return textHolds(key === 'BODY', argument());
    default:
      throw new ParseError('unknown search criterion');
  }
}

function either(one: Criterion, other: Criterion): Criterion {
  return (seen) => one(seen) || other(seen);
}

function oneOf(named: readonly Seen[]): Criterion {
  const uids = new Set(named.map((seen) => seen.message.uid));
  return ({ message }) => uids.has(message.uid);
}

/** An empty text asks only for the field to be there. */
function headerHolds(name: string, text: string): Criterion {
  const [field, wanted] = [name.toLowerCase(), text.toLowerCase()];
  return ({ message }) =>
    headerFields(message.header).some(
      (found) => found.name.toLowerCase() === field && found.value.toLowerCase().includes(wanted),
    );
}

function textHolds(bodyOnly: boolean, text: string): Criterion {
  const wanted = text.toLowerCase();
  return ({ message }) => {
    const searched = bodyOnly ? splitMessage(message.text).body : message.text;
    return searched.toLowerCase().includes(wanted);
  };
}
