import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandError, exitCodes } from '../exit.ts';

/** A person at the terminal; or nobody, and then what is not given by a flag takes its default. */
export interface Person {
  /** One line; what stands in brackets is taken for an empty one. Null: nobody is there. */
  ask(question: string, proposal?: string): Promise<string | null>;
  /** One line that is not shown. Null: nobody is there. */
  askSecretly(question: string): Promise<string | null>;
  tell(line: string): void;
}

/** @throws CommandError from the questions, when the input ends or the person interrupts */
export function personAt(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Person {
  const present = input.isTTY === true && output.isTTY === true;
  const tell = (line: string): void => void output.write(`${line}\n`);
  if (!present) return { ask: async () => null, askSecretly: async () => null, tell };

  async function question(text: string, shown: boolean): Promise<string> {
    let muted = false;
    const echo = new Writable({
      write(chunk, _encoding, done) {
        if (!muted) output.write(chunk);
        done();
      },
    });
    const reader = createInterface({ input, output: echo, terminal: true });
    const interrupted = new AbortController();
    reader.once('SIGINT', () => interrupted.abort());
    reader.once('close', () => interrupted.abort());
    try {
      const answer = reader.question(text, { signal: interrupted.signal });
      muted = !shown;
      return (await answer).trim();
    } catch {
      throw new CommandError('interrupted; nothing was written', exitCodes.failed);
    } finally {
      reader.close();
      if (!shown) output.write('\n');
    }
  }

  return {
    async ask(text, proposal) {
      const hint = proposal === undefined ? '' : ` [${proposal}]`;
      const answer = await question(`${text}${hint}: `, true);
      return answer === '' ? (proposal ?? '') : answer;
    },
    askSecretly: (text) => question(`${text}: `, false),
    tell,
  };
}
