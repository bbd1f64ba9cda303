import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionMembers, signalSession } from './processes.ts';

const directory = process.argv[2];
if (directory === undefined) throw new Error('guard-process.ts is started by guard.ts');

const sessions = new Set<number>();
for await (const line of createInterface({ input: process.stdin })) {
  const [order, session] = line.split(' ');
  if (order === 'watch') sessions.add(Number(session));
  else sessions.delete(Number(session));
}

// The pipe has ended, and with it the process that held it. More than one pass: a child may be born
// while the first goes round.
for (let passes = 0; passes < 100; passes += 1) {
  for (const session of sessions) signalSession(session, 'SIGKILL');
  if ([...sessions].every((session) => sessionMembers(session).length === 0)) break;
  await sleep(20);
}
rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
