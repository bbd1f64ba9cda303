import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openCases } from '../../src/assess/case.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Case, Judgement } from '../../src/domain/case.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { minuteOf } from '../../src/domain/interval.ts';
import { judge } from '../../src/domain/judge.ts';
import { openDatabase } from '../../src/store/open.ts';
import { type CommandLine, eventually, rows } from '../daemon/daemon.ts';
import { controlAddresses, Network, tenantAddress, withoutNamespaces } from './network.ts';
import type { ReachableAccount } from './tenant.ts';

const skip = withoutNamespaces();
/** No answer comes back for so long, and then there is no route for so long, ms. */
const withoutAnswers = 68_000;
const withoutRoute = 7_000;

function writeConfig(directory: string, account: ReachableAccount): string {
  const path = join(directory, 'mailminute.yaml');
  const secret = join(directory, 'secret');
  writeFileSync(secret, account.password, { mode: 0o600 });
  const endpoint = (port: number) => `{ host: ${tenantAddress}, port: ${port}, tls: none }`;
  const controls = controlAddresses.map((host) => `{ host: ${host}, port: 443 }`);
  writeFileSync(
    path,
    `listen: "127.0.0.1:9925" # in a network of its own
database: ${join(directory, 'mailminute.db')}
controls: [${controls.join(', ')}]
tenants:
  - name: acme
    contract: one-minute
    mailbox:
      address: ${account.address}
      username: ${account.username}
      password: { file: ${secret} }
    smtp: ${endpoint(account.smtp)}
    imap: ${endpoint(account.imap)}
    connect_interval: 5s
    roundtrip_interval: 10s
    attempt_deadline: 5s
`,
  );
  return path;
}

/** The daemon itself, the tenant and the control targets, each in a network of its own. */
describe('mailminute run, whose way out is shut for over a minute', {
  skip,
  timeout: 240_000,
}, () => {
  const directory = mkdtempSync(join(tmpdir(), 'mailminute-route-'));
  const database = join(directory, 'mailminute.db');
  let network: Network;
  let daemon: CommandLine;
  let cut: { readonly from: number; readonly to: number };
  let given: Case;
  let judgement: Judgement;

  before(async () => {
    network = new Network();
    const tenant = network.start('tenant', 'tenant.ts', tenantAddress);
    const controls = network.start('controls', 'controls.ts', '443', ...controlAddresses);
    const config = writeConfig(directory, JSON.parse(await tenant.line()) as ReachableAccount);
    await controls.line();
    daemon = network.run('here', 'run', '--config', config);
    await eventually('the daemon', () => (daemon.output.includes('started') ? true : null));
    await loggedIn(0);
    await shut();
    await loggedIn(cut.to);
    const { code, output } = await daemon.stop();
    assert.equal(code, 0, output);
    judgeAll(config);
  });
  after(async () => {
    await network?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Until both protocols have logged in since. */
  async function loggedIn(since: number): Promise<void> {
    await eventually(
      `a login of both protocols: ${daemon.output.slice(-2000)}`,
      () => {
        const found = rows<{ protocol: string }>(
          database,
          "SELECT DISTINCT protocol FROM result WHERE vouches <> 'connect' AND started_at > ?",
          since,
        );
        return found.length >= 2 ? true : null;
      },
      60_000,
    );
  }

  async function shut(): Promise<void> {
    const from = Date.now();
    network.swallowAnswers();
    await pause(withoutAnswers);
    network.takeRoutes();
    await pause(withoutRoute);
    network.giveRoutes();
    network.returnAnswers();
    cut = { from, to: Date.now() };
  }

  function judgeAll(config: string): void {
    const { settings } = loadSettings(config);
    const tenant = settings?.tenants[0];
    assert.ok(settings && tenant);
    const contract = settings.contracts.get(tenant.contract) as Contract;
    const connection = openDatabase(database);
    const stretch = { from: minuteOf(cut.from), to: cut.to + 5_000 };
    given = openCases(connection).caseOf(tenant, contract, stretch, new Map());
    connection.close();
    judgement = judge(given);
  }

  test('every minute of that time is unknown, none is unavailable', () => {
    const within = [...judgement.minutes].filter(
      ([minute]) => minute + 60_000 > cut.from && minute < cut.to,
    );
    for (const [minute, state] of within)
      assert.equal(state, 'unknown', new Date(minute).toISOString());
    assert.ok(![...judgement.minutes.values()].includes('unavailable'));
  });

  test('every failure of that time is laid to our own way, whether no answer came or there was no route', () => {
    const runs = judgement.runs.filter(
      ({ possible }) => possible.from < cut.to && possible.to > cut.from,
    );
    assert.deepEqual(new Set(runs.map(({ protocol }) => protocol)), new Set(['smtp', 'imap']));
    for (const run of runs) assert.equal(run.attribution, 'local', JSON.stringify(run));
    const reasons = new Set(given.attempts.map(({ failure }) => failure?.reason));
    assert.ok(reasons.has('timeout') && reasons.has('no-route'), [...reasons].join());
  });

  test('without the control targets the provider would have been blamed', () => {
    const { runs } = judge({ ...given, controls: [] });
    assert.ok(runs.some(({ attribution }) => attribution === 'provider'));
  });
});
