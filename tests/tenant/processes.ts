import { readdirSync, readFileSync } from 'node:fs';

/** A process as /proc tells it; `state` is the letter of `man 5 proc` (T stopped, Z zombie). */
interface Member {
  readonly pid: number;
  readonly state: string;
}

/**
 * The living processes of a session. A service is started as leader of a session of its own, and a
 * child keeps its session when its parent dies, which its parent's number does not tell.
 */
export function sessionMembers(session: number): Member[] {
  const members: Member[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${name}/stat`, 'latin1');
    } catch {
      continue; // ended meanwhile
    }
    // The second field is the program's name in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0] ?? 'Z';
    if (Number(fields[3]) === session && state !== 'Z' && state !== 'X') {
      members.push({ pid: Number(name), state });
    }
  }
  return members;
}

/** Sends a signal to a process that may have ended already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Sends a signal to all of a session, the leader first so that it starts no replacements. */
export function signalSession(session: number, name: NodeJS.Signals): void {
  const members = sessionMembers(session);
  members.sort((a, b) => Number(b.pid === session) - Number(a.pid === session));
  for (const { pid } of members) signal(pid, name);
}
