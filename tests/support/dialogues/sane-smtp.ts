import { Sane } from './sane.ts';

/** RFC 5321, as far as a submission of ours needs it. */
export class SaneSmtp extends Sane {
  /** Answers to client responses that are still to come, the last one first. */
  #challenges: string[] = [];
  #inMessage = false;

  override greet(): void {
    this.speak({ state: 'greeting', text: '220 mx.acme.example ESMTP ready\r\n' });
  }

  protected override hear(line: string): void {
    const text = line.trimEnd();
    if (this.#inMessage) {
      if (text !== '.') return;
      this.#inMessage = false;
      this.speak({ state: 'MESSAGE', text: '250 2.0.0 queued as 4711\r\n' });
      return;
    }
    const challenge = this.#challenges.pop();
    const [verb = '', ...words] = text.split(' ');
    if (challenge !== undefined) this.speak({ state: 'SASL', text: challenge });
    else this.#answer(verb.toUpperCase(), words);
  }

  #answer(state: string, words: readonly string[]): void {
    if (state === 'EHLO') this.speak({ state, text: this.#hello() });
    else if (state === 'STARTTLS' && this.plan.tls === 'starttls' && !this.secured)
      this.speak({ state, text: '220 2.0.0 go ahead\r\n', after: 'secure' });
    else if (state === 'AUTH') this.#authenticate(words);
    else if (state === 'DATA') {
      const after = () => {
        this.#inMessage = true;
      };
      this.speak({ state, text: '354 end with a dot\r\n', after });
    } else if (state === 'QUIT') this.speak({ state, text: '221 2.0.0 bye\r\n', after: 'end' });
    else if (/^(?:HELO|MAIL|RCPT)$/.test(state)) this.speak({ state, text: '250 2.1.0 fine\r\n' });
    else this.speak({ state: 'other', text: '500 5.5.1 what\r\n' });
  }

  #hello(): string {
    const { tls, mechanisms } = this.plan;
    const lines = [
      'mx.acme.example greets you',
      ...(tls === 'starttls' && !this.secured ? ['STARTTLS'] : []),
      'PIPELINING',
      '8BITMIME',
    ];
    return `${lines.map((line) => `250-${line}\r\n`).join('')}250 AUTH ${mechanisms.join(' ')}\r\n`;
  }

  #authenticate([mechanism = '', response]: readonly string[]): void {
    const welcome = '235 2.7.0 welcome\r\n';
    const asks = '334 UGFzc3dvcmQ6\r\n';
    const isLogin = mechanism.toUpperCase() === 'LOGIN';
    const atOnce = response !== undefined && this.plan.initialResponse;
    const left = isLogin ? [welcome, asks] : [welcome];
    const first = atOnce ? (left.pop() ?? '') : isLogin ? '334 VXNlcm5hbWU6\r\n' : '334 \r\n';
    const after = () => {
      this.#challenges = left;
    };
    this.speak({ state: 'AUTH', text: first, after });
  }
}
