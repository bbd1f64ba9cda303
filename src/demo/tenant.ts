import { type Duplex, duplexPair } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Protocol, protocols } from '../domain/protocol.ts';
import type { Account } from './account.ts';
import { type Fault, type Faults, faultMeanings, faultsOf } from './fault.ts';
import { Gate, type Passage } from './gate.ts';
import { serveImap } from './imap/server.ts';
import { MemoryMailbox } from './mailbox.ts';
import { servePop } from './pop.ts';
import { startSmtp } from './smtp.ts';
import { startWebmail } from './webmail.ts';

interface LoopbackEndpoint {
  readonly host: string;
  readonly port: number;
}

/** A mail service inside this process, on the loopback, with faults to switch on. No TLS. */
export interface EmbeddedTenant {
  readonly address: string;
  readonly username: string;
  /** Well known and no secret: it opens nothing but this process's own memory. */
  readonly password: string;
  readonly smtp: LoopbackEndpoint;
  readonly imap: LoopbackEndpoint;
  readonly pop: LoopbackEndpoint;
  /** `flow` is the path of the flow file for this webmail. */
  readonly webmail: { readonly url: string; readonly flow: string };
  readonly faults: Faults;
  /** Ends every connection and listener; nothing of it keeps the process alive. May be called again. */
  close(): Promise<void>;
}

const account: Account = {
  address: 'probe@demo.example',
  username: 'probe@demo.example',
  password: 'open-sesame',
};
const host = '127.0.0.1';

const passages: Readonly<Partial<Record<Fault, Passage>>> = {
  refuse: 'refuse',
  hang: 'hang',
  slow: 'slow',
};

/** Starts the demo's mail service on free ports. @throws when the loopback has none. */
export async function startEmbeddedTenant(): Promise<EmbeddedTenant> {
  const now = Date.now;
  const mailbox = new MemoryMailbox(now);
  const state: Record<Protocol, Fault> = { smtp: 'ok', imap: 'ok', pop: 'ok', webmail: 'ok' };
  const tenantFor = (protocol: Protocol) => ({
    mailbox,
    account,
    now,
    fault: () => state[protocol],
  });
  const smtp = await startSmtp(tenantFor('smtp'));
  const webmail = startWebmail(tenantFor('webmail'));
  const gates: Readonly<Record<Protocol, Gate>> = {
    smtp: new Gate(() => smtp.connect()),
    imap: new Gate(() => paired((stream) => serveImap(stream, tenantFor('imap')))),
    pop: new Gate(() => paired((stream) => servePop(stream, tenantFor('pop')))),
    webmail: new Gate(() => webmail.connect()),
  };
  for (const protocol of protocols) await gates[protocol].listen();
  const switches = new FaultSwitches(state, gates, mailbox);
  const endpoint = (protocol: Protocol) => ({ host, port: gates[protocol].port });
  return {
    ...account,
    smtp: endpoint('smtp'),
    imap: endpoint('imap'),
    pop: endpoint('pop'),
    webmail: {
      url: `http://${host}:${gates.webmail.port}/`,
      flow: fileURLToPath(new URL('../../config/flows/demo.yaml', import.meta.url)),
    },
    faults: switches,
    close: async () => {
      await switches.close();
      webmail.close();
      await smtp.close();
    },
  };
}

/** Our end of a connection goes to the server, the other end to the gate. */
function paired(serve: (stream: Duplex) => Promise<void>): Duplex {
  const [outside, inside] = duplexPair();
  inside.on('error', () => inside.destroy());
  void serve(inside);
  return outside;
}

class FaultSwitches implements Faults {
  readonly list = faultsOf;
  readonly #state: Record<Protocol, Fault>;
  readonly #gates: Readonly<Record<Protocol, Gate>>;
  readonly #mailbox: MemoryMailbox;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    state: Record<Protocol, Fault>,
    gates: Readonly<Record<Protocol, Gate>>,
    mailbox: MemoryMailbox,
  ) {
    this.#state = state;
    this.#gates = gates;
    this.#mailbox = mailbox;
  }

  get(): Readonly<Record<Protocol, Fault>> {
    return { ...this.#state };
  }

  /** One after the other: a listener that is closing cannot be opened at the same time. */
  set(protocol: Protocol, fault: Fault): Promise<void> {
    const change = this.#last.then(() => this.#change(protocol, fault));
    this.#last = change.catch(() => {});
    return change;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    await Promise.all(protocols.map((protocol) => this.#gates[protocol].close()));
  }

  async #change(protocol: Protocol, fault: Fault): Promise<void> {
    if (this.#closed) throw new Error('the demo has ended');
    if (!faultsOf[protocol].includes(fault)) {
      throw new Error(`${protocol} has no fault ${fault} (${faultMeanings[fault]})`);
    }
    await this.#gates[protocol].set(passages[fault] ?? 'open');
    this.#state[protocol] = fault;
    if (protocol !== 'smtp') return;
    if (fault === 'hold') this.#mailbox.hold();
    else this.#mailbox.release();
  }
}
