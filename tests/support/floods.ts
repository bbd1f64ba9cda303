import { type Act, type Dialogue, endless, mute, say } from './hostile.ts';

function verbIn(line: string, place: number): string {
  return (line.split(' ')[place] ?? '').toUpperCase();
}

function floodAfter(greeting: string, act: Act): Dialogue {
  return { greeting: say(greeting), answer: (_line, count) => (count === 0 ? act : mute) };
}

const wide = 'x'.repeat(60_000);

/** SMTP answers without an end. */
export const smtpBlurb: Readonly<Record<string, Dialogue>> = {
  'a greeting of ever more lines': { greeting: endless('', '220-more\r\n'), answer: () => mute },
  'an answer of ever more wide lines': floodAfter('220 hi\r\n', endless('', `250-${wide}\r\n`)),
};

/** Goes along up to SELECT, whose answer never ends. */
function imapFlood(flood: string): Dialogue {
  return {
    greeting: say('* OK [CAPABILITY IMAP4rev1] hi\r\n'),
    answer(line) {
      const [tag = ''] = line.split(' ');
      const verb = verbIn(line, 1);
      if (verb === 'SELECT') return endless('', flood);
      return say(
        verb === 'CAPABILITY' ? `* CAPABILITY IMAP4rev1\r\n${tag} OK\r\n` : `${tag} OK\r\n`,
      );
    },
  };
}

/** IMAP answers without an end. */
export const imapBlurb: Readonly<Record<string, Dialogue>> = {
  'a SELECT of ever more responses': imapFlood('* 1 EXISTS\r\n'),
  'a SELECT of ever more wide responses': imapFlood(`* FLAGS (${wide})\r\n`),
  'a SELECT of ever more literals': imapFlood(`* X {60000}\r\n${wide}\r\n`),
  'a response of literals only': imapFlood('{1}\r\nx'),
  'ever more invitations to go on': imapFlood('+ go on\r\n'),
  'answers to commands that were never given': imapFlood('x9 OK done\r\n'),
};

/** Goes along up to this verb, whose answer never ends. */
function popFlood(at: string, start: string, flood: string): Dialogue {
  return {
    greeting: say('+OK hi\r\n'),
    answer(line) {
      const verb = verbIn(line, 0);
      if (verb === at) return endless(start, flood);
      if (verb === 'UIDL') return say('+OK\r\n1 one\r\n.\r\n');
      return say(verb === 'CAPA' ? '-ERR what\r\n' : '+OK\r\n');
    },
  };
}

/** POP answers without an end. */
export const popBlurb: Readonly<Record<string, Dialogue>> = {
  'a CAPA of ever more lines': popFlood('CAPA', '+OK\r\n', 'MORE\r\n'),
  'a CAPA of ever more wide lines': popFlood('CAPA', '+OK\r\n', `${wide}\r\n`),
  'a UIDL of ever more messages': popFlood('UIDL', '+OK\r\n', '1 one\r\n'),
  'a header of ever more lines': popFlood('TOP', '+OK\r\n', 'X: y\r\n'),
  'a header of ever more wide lines': popFlood('TOP', '+OK\r\n', `X: ${wide}\r\n`),
};

function webFlood(start: string, flood: string): Dialogue {
  return {
    greeting: mute,
    answer: (_line, count) => (count === 0 ? endless(start, flood) : mute),
  };
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';

/** HTTP answers without an end. */
export const webBlurb: Readonly<Record<string, Dialogue>> = {
  'headers without an end': webFlood(head, 'X-More: more\r\n'),
  'a body without an end': webFlood(`${head}Connection: close\r\n\r\n`, wide),
  'a body of chunks without an end': webFlood(
    `${head}Transfer-Encoding: chunked\r\n\r\n`,
    '5\r\nabcde\r\n',
  ),
  'a chunk extension without an end': webFlood(
    `${head}Transfer-Encoding: chunked\r\n\r\n5;`,
    'extension=value;',
  ),
  'ever more early hints': webFlood('', 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'),
};
