import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probes } from '../../probes/index.ts';
import type { ProbePorts } from '../../probes/ports.ts';
import { runRound, runWatch } from '../../probes/round.ts';
import { openMessageLedger } from '../../src/assess/message-ledger.ts';
import type { Fate } from '../../src/domain/message.ts';
import { protocols, type ReadingProtocol } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { messagePorts } from '../../src/message-ports.ts';
import { fateStore } from '../../src/store/fates.ts';
import { openJournal } from '../../src/store/journal.ts';
import { messageStore } from '../../src/store/messages.ts';
import { openDatabase } from '../../src/store/open.ts';
import { systemClock } from '../../src/system-clock.ts';
import { shippedFlow } from '../support/webmail-attempt.ts';
import type { RealTenant } from './tenant.ts';

/** The product's own view of a real tenant. */
export function tenantOn(real: RealTenant): Tenant {
  const { address, password } = real.probe;
  const secured = { ca: real.ca.text, servername: null };
  return {
    name: 'tenant',
    contract: 'contract',
    zone: 'UTC',
    mailbox: {
      address,
      username: address,
      credential: { kind: 'password', secret: new Secret(() => password) },
    },
    smtp: { ...real.endpoints.smtps, ...secured },
    imap: { ...real.endpoints.imaps, ...secured },
    pop: { ...real.endpoints.pop3s, ...secured },
    webmail: {
      url: real.webmail.url,
      ca: real.ca.text,
      flow: shippedFlow('roundcube'),
      consent: 'the tests',
      sendInterval: null,
    },
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: 30_000,
    deliveryAllowance: 60_000,
  };
}

/** Rounds and watches on a real tenant at the caller's pace, with a store of their own. */
export function roundsOn(tenant: Tenant) {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-rounds-'));
  const connection = openDatabase(join(folder, 'mailminute.db'));
  connection.pragma('synchronous = OFF');
  const messages = messageStore(connection);
  const ledger = openMessageLedger(connection);
  const fates = fateStore(connection);
  const { observe, ...remembered } = messagePorts(messages, systemClock);
  let last: ProbeResult[] = [];
  let turn = 0;
  const journal = openJournal(connection, (result) => {
    last.push(result);
    observe(result);
  });
  const ports: ProbePorts = {
    probes,
    clock: systemClock,
    signal: new AbortController().signal,
    ...remembered,
    began: () => {},
    ended: () => {},
    report: journal.append,
  };

  /** The results of what this does, in the order of their ends. */
  async function resultsOf(work: () => Promise<void>): Promise<readonly ProbeResult[]> {
    last = [];
    turn += 1;
    await work();
    return last;
  }

  return {
    connection,
    messages,
    round: () => resultsOf(() => runRound(tenant, protocols, turn, ports)),
    watch: (
      protocol: ReadingProtocol = 'imap',
      change: { stay?: number; hygiene?: boolean } = {},
      as: Tenant = tenant,
    ) =>
      resultsOf(() => runWatch(as, protocol, turn, { stay: 0, hygiene: false, ...change }, ports)),
    /** How many messages have which fate now. */
    fates(): Partial<Record<Fate, number>> {
      ledger.settle(tenant, systemClock.wall());
      const counts = fates.counts(tenant.name, 0, Infinity);
      return Object.fromEntries(counts.map(({ fate, messages: count }) => [fate, count]));
    },
    bounces: () => fates.bounces(tenant.name, 0, Infinity),
    close(): void {
      connection.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
