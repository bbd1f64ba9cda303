import { readFileSync } from 'node:fs';

/** Numbers of a system account, from /etc/passwd. @throws if there is none of that name. */
export function accountOf(name: string): { readonly uid: number; readonly gid: number } {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [account, , uid, gid] = line.split(':');
    if (account === name) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`no system account ${name}`);
}

/** Number of a system group, from /etc/group. @throws if there is none of that name. */
export function groupOf(name: string): number {
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [group, , gid] = line.split(':');
    if (group === name) return Number(gid);
  }
  throw new Error(`no system group ${name}`);
}
