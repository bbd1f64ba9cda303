import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { commandHelp, controlPath } from './commands.ts';

const help = `Usage: node tests/tenant/control.ts DIRECTORY COMMAND …

Tells a tenant that tests/tenant/up.ts brought up in DIRECTORY to do something.
Exits with 1 if it could not.

${commandHelp}
`;

async function tell(directory: string, line: string): Promise<number> {
  const socket = connect(controlPath(directory));
  socket.write(`${line}\n`);
  const answer = await text(socket);
  process.stdout.write(answer);
  return answer.trimEnd().split('\n').at(-1) === 'ok' ? 0 : 1;
}

const [directory, ...words] = process.argv.slice(2);
if (directory === undefined || directory === '--help' || words.length === 0) {
  process.stdout.write(help);
  process.exitCode = directory === '--help' ? 0 : 2;
} else {
  try {
    process.exitCode = await tell(directory, words.join(' '));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`no tenant answers in ${directory}: ${reason}\n`);
    process.exitCode = 1;
  }
}
