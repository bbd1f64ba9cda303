import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ask } from '../../probes/probe.ts';
import { webmail } from '../../probes/webmail/index.ts';
import { decodeFlow } from '../../src/config/flow.ts';
import type { Flow, HttpFlow } from '../../src/domain/flow.ts';
import type { Depth } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Tenant } from '../../src/domain/tenant.ts';

/** A flow from YAML text; a fault in it fails the test. */
export function flowOf(yaml: string): HttpFlow {
  const { flow, faults } = decodeFlow(yaml, 'flow.yaml');
  assert.deepEqual(faults, []);
  assert.ok(flow !== null && flow.driver !== 'browser');
  return flow;
}

/** One of the flows that come with the product. */
export function shippedFlow(name: string): HttpFlow {
  const path = join(import.meta.dirname, '../../config/flows', `${name}.yaml`);
  return flowOf(readFileSync(path, 'utf8'));
}

/** For the fake webmail of webmail-server.ts. */
export const fakeFlow: HttpFlow = flowOf(String.raw`
name: fake
steps:
  - name: form
    phase: page
    request: { path: ./ }
    expect: { match: ['type="password"'] }
    capture: { form_token: 'name="token" value="(\w+)"' }
  - name: log in
    phase: auth
    request:
      method: POST
      path: ./login
      form: { token: '{{form_token}}', user: '{{username}}', pass: '{{password}}' }
    expect:
      match: ['<h1>Inbox']
      reject:
        - { match: 'Wrong password', reason: auth-refused }
        - { match: 'storage.{0,20}failed', reason: temporary-error }
    capture: { key: 'data-key="(\w+)"' }
  - name: list
    phase: list
    request: &list { path: './list', headers: { X-Key: '{{key}}' } }
    expect: &listed
      match: ['"rows"']
      reject: [{ match: 'display_message\("[^"]*","error"', reason: temporary-error }]
    sighting: &sighting '"subject":"mailminute probe {{token}}"'
  - name: look
    phase: visible
    repeat: true
    request: *list
    expect: *listed
    sighting: *sighting
    capture: { uid: '"uid":(\d+),"subject":"mailminute probe {{token}}"' }
  - name: open
    phase: fetch
    request: { path: './message?uid={{uid}}' }
    expect: { match: ['{{token}}'] }
  - name: log out
    phase: logout
    request: { path: './logout?key={{key}}' }
`);

export interface AttemptOptions {
  readonly flow?: Flow;
  readonly ca?: string;
  readonly address?: string;
  readonly password?: string;
  readonly kind?: 'password' | 'access-token';
  readonly deadline?: number;
  readonly message?: Ask['message'];
  readonly pending?: Ask['pending'];
  readonly post?: string;
  readonly consent?: string | null;
}

const clock = {
  wall: () => Date.now(),
  monotonic: () => Math.round(performance.now() * 1000),
};

/** One attempt of the webmail probe. */
export async function attemptWebmail(
  url: string,
  depth: Depth,
  options: AttemptOptions = {},
): Promise<ProbeResult> {
  const address = options.address ?? 'probe@tenant.example';
  const secret = new Secret(() => options.password ?? 'geheim');
  const tenant: Tenant = {
    name: 'tenant',
    contract: 'contract',
    zone: 'UTC',
    mailbox: {
      address,
      username: address,
      credential: { kind: options.kind ?? 'password', secret },
    },
    smtp: null,
    imap: null,
    pop: null,
    webmail: {
      url,
      ca: options.ca ?? null,
      flow: options.flow ?? fakeFlow,
      consent: options.consent === undefined ? 'the tests' : options.consent,
      sendInterval: 600_000,
    },
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: options.deadline ?? 5000,
    deliveryAllowance: 60_000,
  };
  const ask: Ask = {
    depth,
    turn: 0,
    message: options.message ?? null,
    pending: options.pending ?? [],
    post: options.post ?? null,
  };
  const outcome = await webmail(tenant, ask, {
    clock,
    signal: new AbortController().signal,
    memory: { anchor: null },
  });
  assert.equal(outcome.finish, null);
  return outcome.result;
}

/** Phase, reason and code of a failure, for comparison; null for a success. */
export function verdictOf({ failure }: ProbeResult): string | null {
  return failure === null ? null : `${failure.phase} ${failure.reason} ${failure.code}`;
}
