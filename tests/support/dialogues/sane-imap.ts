import { deliver, type Kept, put, Sane } from './sane.ts';

/** RFC 9051 and RFC 3501, as far as a probe of ours needs it. */
export class SaneImap extends Sane {
  /** The tag of the AUTHENTICATE or IDLE that waits for its next line. */
  #challenged: string | null = null;
  #idling: string | null = null;
  /** A command whose literal is coming: what there is of it. */
  #begun = '';
  #literal: number | null = null;
  #inbox = true;
  #told = 0;

  override greet(): void {
    this.speak({ state: 'greeting', text: `* OK ${this.#code()}ready\r\n` });
  }

  protected override lengthOfNext(input: string): number | null {
    return this.#literal ?? super.lengthOfNext(input);
  }

  protected override hear(taken: string): void {
    if (this.#literal !== null) {
      this.#literal = null;
      this.#begun += taken;
      return;
    }
    const line = this.#begun + taken.replace(/\r?\n$/, '');
    const announced = /\{(\d{1,6})\}$/.exec(line);
    if (announced === null) {
      this.#begun = '';
      this.#whole(line);
      return;
    }
    const after = () => {
      this.#begun = `${line}\r\n`;
      this.#literal = Number(announced[1]);
    };
    const [tag = ''] = line.split(' ');
    this.speak({ state: 'LITERAL', tag, text: '+ go ahead\r\n', after });
  }

  #whole(line: string): void {
    const [challenged, idling] = [this.#challenged, this.#idling];
    const [, tag = '', verb = '', rest = ''] = /^(\S+) ((?:UID )?[A-Z]+) ?(.*)$/is.exec(line) ?? [];
    const answer = this.#answers[verb.toUpperCase()];
    if (challenged !== null) {
      this.#challenged = null;
      this.#done('SASL', challenged, `OK ${this.#code()}welcome`);
    } else if (idling !== null && line.toUpperCase() === 'DONE') {
      this.#idling = null;
      this.#done('DONE', idling, 'OK enough');
    } else if (answer === undefined) this.#done('other', tag || '*', 'BAD what');
    else answer(tag, rest, verb.toUpperCase());
  }

  #done(state: string, tag: string, answer: string, before = ''): void {
    this.speak({ state, tag, text: `${before}${tag} ${answer}\r\n` });
  }

  #capability(): string {
    const { plan, secured } = this;
    return [
      'IMAP4rev1',
      ...(plan.tls === 'starttls' && !secured ? ['STARTTLS'] : []),
      ...plan.mechanisms.filter((name) => name !== 'LOGIN').map((name) => `AUTH=${name}`),
      ...(plan.initialResponse ? ['SASL-IR'] : []),
      ...(plan.idle ? ['IDLE'] : []),
      ...(plan.uidplus ? ['UIDPLUS'] : []),
      ...(plan.id ? ['ID'] : []),
      'QUOTA',
      'SPECIAL-USE',
    ].join(' ');
  }

  #code(): string {
    return this.plan.tells ? `[CAPABILITY ${this.#capability()}] ` : '';
  }

  #messages(): readonly Kept[] {
    return this.#inbox ? this.mailbox.kept : [];
  }

  /** News of what came, if any. */
  #news(): string {
    const { length } = this.#messages();
    if (length === this.#told) return '';
    this.#told = length;
    return `* ${length} EXISTS\r\n`;
  }

  readonly #select = (tag: string, rest: string, verb: string): void => {
    const { mailbox, plan } = this;
    this.#inbox = !/junk|sent/i.test(rest);
    if (this.#inbox && plan.arrival === 0) deliver(mailbox, plan);
    this.#told = this.#messages().length;
    const next = (mailbox.kept.at(-1)?.uid ?? 10) + 1;
    const lines = [
      '* FLAGS (\\Seen \\Deleted)',
      `* ${this.#told} EXISTS`,
      '* OK [UIDVALIDITY 77] valid',
      ...(plan.uidnext ? [`* OK [UIDNEXT ${next}] next`] : []),
    ];
    const access = verb === 'EXAMINE' ? 'READ-ONLY' : 'READ-WRITE';
    this.#done(verb, tag, `OK [${access}] open`, lines.map((line) => `${line}\r\n`).join(''));
  };

  readonly #fetch = (tag: string, rest: string, verb: string): void => {
    const [set = ''] = rest.split(' ');
    const section = /BODY(?:\.PEEK)?(\[[^\]]*\](?:<\d+)?)/i.exec(rest)?.[1] ?? null;
    const name = section === null || !section.includes('<') ? section : `${section}>`;
    const messages = this.#messages();
    const byUid = verb === 'UID FETCH';
    const last = byUid ? (messages.at(-1)?.uid ?? 0) : messages.length;
    const rows = messages.flatMap(({ uid, header }, index) => {
      if (!isIn(set, byUid ? uid : index + 1, last)) return [];
      const body = name === null ? '' : ` BODY${name} {${header.length}}\r\n${header}`;
      return [`* ${index + 1} FETCH (UID ${uid}${body})\r\n`];
    });
    const state = /\(RECEIVED\)/i.test(rest) ? 'TRACE' : verb;
    this.#done(state, tag, 'OK fetched', rows.join(''));
  };

  readonly #search = (tag: string, rest: string, verb: string): void => {
    const ids = [...rest.matchAll(/HEADER \S+ "([^"]*)"/gi)].map((match) => match[1] ?? '');
    const found = this.#messages().filter(({ header, deleted }) =>
      /^DELETED/i.test(rest) ? deleted : ids.some((id) => header.includes(id)),
    );
    const uids = found.map(({ uid }) => ` ${uid}`).join('');
    this.#done(verb, tag, 'OK searched', `* SEARCH${uids}\r\n`);
  };

  readonly #expunge = (tag: string, rest: string, verb: string): void => {
    const { kept } = this.mailbox;
    let rows = '';
    for (let index = kept.length - 1; index >= 0; index -= 1) {
      const message = kept[index];
      if (message?.deleted !== true) continue;
      if (verb === 'UID EXPUNGE' && !isIn(rest, message.uid, message.uid)) continue;
      kept.splice(index, 1);
      rows += `* ${index + 1} EXPUNGE\r\n`;
    }
    this.#told = kept.length;
    this.#done(verb, tag, 'OK gone', rows);
  };

  readonly #answers: Readonly<Record<string, (tag: string, rest: string, verb: string) => void>> = {
    CAPABILITY: (tag, _rest, verb) =>
      this.#done(verb, tag, 'OK told', `* CAPABILITY ${this.#capability()}\r\n`),
    STARTTLS: (tag, _rest, state) =>
      this.speak({ state, tag, text: `${tag} OK go ahead\r\n`, after: 'secure' }),
    LOGIN: (tag, _rest, verb) => this.#done(verb, tag, `OK ${this.#code()}welcome`),
    AUTHENTICATE: (tag, rest, state) => {
      if (rest.includes(' ')) return this.#done(state, tag, `OK ${this.#code()}welcome`);
      const after = () => {
        this.#challenged = tag;
      };
      this.speak({ state, tag, text: '+ \r\n', after });
    },
    ID: (tag, _rest, verb) => this.#done(verb, tag, 'OK known', '* ID NIL\r\n'),
    LIST: (tag, _rest, verb) =>
      this.#done(verb, tag, 'OK listed', '* LIST () "/" INBOX\r\n* LIST (\\Junk) "/" Junk\r\n'),
    SELECT: this.#select,
    EXAMINE: this.#select,
    FETCH: this.#fetch,
    'UID FETCH': this.#fetch,
    'UID SEARCH': this.#search,
    APPEND: (tag, rest, verb) => {
      const text = rest.slice(rest.indexOf('}\r\n') + 3);
      const uid = put(this.mailbox, `${text.split('\r\n\r\n')[0]}\r\n\r\n`);
      this.#done(verb, tag, `OK [APPENDUID 77 ${uid}] stored`, this.#news());
    },
    NOOP: (tag, _rest, verb) => {
      const { mailbox, plan } = this;
      mailbox.looks += 1;
      if (mailbox.looks >= plan.arrival) deliver(mailbox, plan);
      this.#done(verb, tag, 'OK done', this.#news());
    },
    IDLE: (tag, _rest, state) => {
      const after = () => {
        this.#idling = tag;
        setTimeout(() => {
          if (this.#idling === tag && deliver(this.mailbox, this.plan))
            this.speak({ state: 'NEWS', tag, text: this.#news() });
        }, 20).unref();
      };
      this.speak({ state, tag, text: '+ idling\r\n', after });
    },
    GETQUOTAROOT: (tag, _rest, verb) =>
      this.#done(verb, tag, 'OK told', '* QUOTAROOT INBOX ""\r\n* QUOTA "" (STORAGE 10 1000)\r\n'),
    'UID STORE': (tag, rest, verb) => {
      const [set = ''] = rest.split(' ');
      for (const message of this.mailbox.kept)
        if (isIn(set, message.uid, message.uid)) message.deleted = true;
      this.#done(verb, tag, 'OK stored');
    },
    EXPUNGE: this.#expunge,
    'UID EXPUNGE': this.#expunge,
    LOGOUT: (tag, _rest, state) =>
      this.speak({ state, tag, text: `* BYE see you\r\n${tag} OK done\r\n`, after: 'end' }),
  };
}

/** Whether a sequence set has this number (RFC 9051 §9: `n:*` always has the last one). */
function isIn(set: string, number: number, last: number): boolean {
  return set.split(',').some((range) => {
    const ends = range.split(':').map((end) => (end === '*' ? last : Number(end)));
    return number >= Math.min(...ends) && number <= Math.max(...ends);
  });
}
