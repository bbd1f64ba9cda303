import { deliver, type Kept, Sane } from './sane.ts';

/** RFC 1939, RFC 2449 and RFC 5034, as far as a probe of ours needs it. */
export class SanePop extends Sane {
  #challenged = false;
  #snapshot: readonly Kept[] = [];

  override greet(): void {
    this.speak({ state: 'greeting', text: '+OK ready\r\n' });
  }

  protected override hear(line: string): void {
    const challenged = this.#challenged;
    this.#challenged = false;
    const [verb = '', number] = line.trimEnd().split(' ');
    if (challenged) this.#logIn('SASL');
    else this.#answer(verb.toUpperCase(), number);
  }

  #answer(state: string, number: string | undefined): void {
    const { plan } = this;
    if (state === 'CAPA') this.speak({ state, text: this.#offers() });
    else if (state === 'STLS' && plan.tls === 'starttls' && !this.secured)
      this.speak({ state: 'STARTTLS', text: '+OK go ahead\r\n', after: 'secure' });
    else if (state === 'USER') this.speak({ state, text: '+OK\r\n' });
    else if (state === 'PASS') this.#logIn(state);
    else if (state === 'AUTH') {
      const after = () => {
        this.#challenged = true;
      };
      this.speak({ state, text: '+ \r\n', after });
    } else if (state === 'QUIT') this.speak({ state, text: '+OK bye\r\n', after: 'end' });
    else this.speak({ state, text: this.#ofMailbox(state, number) });
  }

  #offers(): string {
    const { mechanisms, capa } = this.plan;
    if (!capa) return '-ERR what\r\n';
    const lines = [
      // A server that has PLAIN may want it.
      ...(mechanisms.includes('LOGIN') ? ['USER'] : []),
      `SASL ${mechanisms.join(' ')}`,
      'TOP',
      'UIDL',
    ];
    return `+OK\r\n${lines.map((line) => `${line}\r\n`).join('')}.\r\n`;
  }

  #logIn(state: string): void {
    const { mailbox, plan } = this;
    if (mailbox.looks >= plan.arrival) deliver(mailbox, plan);
    mailbox.looks += 1;
    this.#snapshot = mailbox.kept.filter(({ deleted }) => !deleted);
    this.speak({ state, text: '+OK logged in\r\n' });
  }

  #ofMailbox(verb: string, number: string | undefined): string {
    const snapshot = this.#snapshot;
    const message = snapshot[Number(number) - 1];
    if (verb === 'UIDL' && number === undefined)
      return `+OK\r\n${snapshot.map(({ uid }, index) => `${index + 1} u${uid}\r\n`).join('')}.\r\n`;
    if (message === undefined) return '-ERR what\r\n';
    if (verb === 'TOP') return `+OK\r\n${message.header}.\r\n`;
    if (verb !== 'DELE') return '-ERR what\r\n';
    message.deleted = true;
    return '+OK\r\n';
  }
}
