/**
 * Dialogues with servers that are sane up to a random moment and then go wrong in a random way.
 * `MAILMINUTE_HOSTILE_DIALOGUES=10000` has so many a protocol. A failure names its seed and its dialogue;
 * `MAILMINUTE_HOSTILE_SEED=7 MAILMINUTE_HOSTILE_ONLY=imap:123` has that one alone, and shows all of it.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { LineProtocol } from '../../probes/dial.ts';
import { probes } from '../../probes/index.ts';
import type { ProbeOutcome } from '../../probes/probe.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { eventually } from '../daemon/daemon.ts';
import { authority } from '../support/certificates.ts';
import { disappointment, expectationOf } from '../support/dialogues/expectation.ts';
import { patience, planOf } from '../support/dialogues/plan.ts';
import { olderToken, token } from '../support/dialogues/sane.ts';
import { Stage } from '../support/dialogues/talk.ts';
import type { Plan } from '../support/dialogues/terms.ts';
import { lateness } from '../support/lateness.ts';
import { held } from '../support/memory.ts';
import * as bench from '../support/probing.ts';
import { together } from '../support/spoiler.ts';

const count = Number(process.env.MAILMINUTE_HOSTILE_DIALOGUES ?? 150);
const seed = Number(process.env.MAILMINUTE_HOSTILE_SEED ?? 1);
const only = process.env.MAILMINUTE_HOSTILE_ONLY ?? null;
const width = 24;

/** What an attempt may take beyond its deadline, ms, where our own loop was not late. */
const slack = 500;
/** What `finish` may take: 5 s for its work and 1 s for the farewell. */
const finishLimit = 6000;
const allowedGrowth = 8 * 1024 * 1024;
const allowedResidentGrowth = 96 * 1024 * 1024;

const warnings: string[] = [];
process.on('warning', (warning) => warnings.push(warning.message));
const late = lateness();
after(() => {
  late.stop();
  assert.deepEqual(warnings, [], 'Node warned of something');
});

/** What became of one dialogue. */
interface Told {
  readonly faults: readonly string[];
  /** `reason`, or `success`, or `not reached` where the server had no occasion to go wrong. */
  readonly outcome: string;
  /** Beyond the deadline, ms, our own loop's lateness left out. */
  readonly over: number;
}

function probe(plan: Plan, port: number): Promise<ProbeOutcome> {
  const { protocol, depth, accepted, credential } = plan;
  const endpoint = bench.endpointAt(port, {
    tls: plan.tls,
    ca: plan.tls === 'none' ? null : authority,
  });
  const plain = bench.tenantWith({ attemptDeadline: plan.deadline });
  const tenant = {
    ...plain,
    mailbox: {
      ...plain.mailbox,
      credential: { ...plain.mailbox.credential, kind: credential },
    },
    ...(plan.alone ? {} : { imap: endpoint }),
    [protocol]: endpoint,
  };
  const message = { token, accepted: Promise.resolve(accepted ? Date.now() : null) };
  const ask = bench.asking({
    depth,
    message: depth === 'roundtrip' ? message : null,
    pending: plan.pending ? [{ token: olderToken, acceptedAt: Date.now() - 60_000 }] : [],
    ...(plan.watches && { watch: { stay: 30, hygiene: false } }),
  });
  const anchor = { smtp: null, imap: '77:11', pop: 'u11' }[protocol];
  return probes[protocol](
    tenant,
    ask,
    bench.contextWith({ memory: { anchor: plan.remembers ? anchor : null } }),
  );
}

/** True if a text holds the password in any base64. */
function leaksEncoded(text: string): boolean {
  return (text.match(/[A-Za-z0-9+/]{8,}/g) ?? []).some((blob) =>
    [0, 1, 2, 3].some((skipped) =>
      Buffer.from(blob.slice(skipped), 'base64').toString('latin1').includes('battery'),
    ),
  );
}

/** Null when it has not settled by then. */
function settled<T>(promise: Promise<T>, milliseconds: number): Promise<T | null> {
  const limit = Promise.withResolvers<null>();
  const timer = setTimeout(() => limit.resolve(null), milliseconds);
  return Promise.race([promise, limit.promise]).finally(() => clearTimeout(timer));
}

async function converse(plan: Plan): Promise<Told> {
  const stage = new Stage(plan);
  const port = await stage.listen();
  const faults: string[] = [];
  const check = (isRight: boolean, fault: string): void => {
    if (!isRight) faults.push(fault);
  };
  const begun = performance.now();
  const over = (limit: number, since: number): number =>
    performance.now() - since - limit - late.since(since + limit);
  let outcome = 'unsettled';
  let overDeadline = 0;
  try {
    const told = await settled(probe(plan, port), plan.deadline + 20_000);
    assert.ok(told !== null, 'the attempt never ends');
    const settledAt = performance.now();
    overDeadline = over(plan.deadline, begun);
    check(overDeadline <= slack, `ended ${Math.round(overDeadline)} ms after the deadline`);
    const { result, finish } = told;
    bench.checkInvariants(result, plan.protocol);
    check(!leaksEncoded(JSON.stringify(result)), 'the password is in the result, in base64');
    outcome = result.failure?.reason ?? 'success';
    const fault = disappointment(expectationOf(stage, settledAt), result.failure);
    // With the short deadline of those that go silent, a busy machine may not come to that.
    const isShort = stage.wentWrong === null && plan.deadline < patience;
    const heldUp = isShort || late.since(begun) > plan.deadline / 4;
    if (fault !== null && outcome === 'timeout' && heldUp) outcome = 'held up';
    else if (fault !== null) faults.push(fault);
    if (finish !== null) {
      const finishing = performance.now();
      const gone = await settled(finish(plan.removes ? [token] : []), finishLimit + 20_000);
      check(gone !== null, 'the finish never ends');
      check(over(finishLimit, finishing) <= slack, 'the finish takes too long');
    }
    const left = performance.now();
    while (stage.open > 0 && over(2000, left) < slack)
      await new Promise((done) => setTimeout(done, 5));
    if (stage.wentWrong === null && outcome === 'success') outcome = 'not reached';
    check(stage.open === 0, `${stage.open} connections are left open`);
    if (faults.length > 0)
      faults.push(JSON.stringify(result.failure), result.transcript, ...stage.log);
    if (only !== null) show(plan, stage, result);
  } catch (error) {
    faults.push(String(error), ...stage.log);
  } finally {
    await stage.close();
  }
  return { faults, outcome, over: overDeadline };
}

function show(plan: Plan, stage: Stage, { failure, transcript }: ProbeResult): void {
  const { random: _, ...shown } = plan;
  const parts = [JSON.stringify(shown), ...stage.log, transcript, JSON.stringify(failure)];
  process.stderr.write(`${parts.join('\n')}\n`);
}

/** Bytes that live, and that the process takes, once everything that can be let go is gone. */
async function memory(): Promise<{ readonly live: number; readonly resident: number }> {
  return { live: await held(), resident: process.memoryUsage.rss() };
}

/** What keeps this process alive. */
function alive(): number {
  return process.getActiveResourcesInfo().filter((kind) => /^(?:TCP|TLS|Timeout)/.test(kind))
    .length;
}

async function converseAll(protocol: LineProtocol): Promise<void> {
  const before = alive();
  const numbers = Array.from({ length: count }, (_, index) => index);
  const outcomes = new Map<string, number>();
  const places = new Map<string, number>();
  const faults: string[] = [];
  let most = 0;
  const talk = async (number: number): Promise<void> => {
    const plan = planOf(seed, protocol, number);
    if (only !== null && plan.key !== only) return;
    const told = await converse(plan);
    most = Math.max(most, told.over);
    outcomes.set(told.outcome, (outcomes.get(told.outcome) ?? 0) + 1);
    const [first, ...rest] = told.faults;
    if (first === undefined) return;
    const { state, misbehaviour, key } = plan;
    const place = `${misbehaviour.name} at ${state}: ${first}`;
    places.set(place, (places.get(place) ?? 0) + 1);
    if (places.get(place) === 1)
      faults.push([`${key} of seed ${seed}: ${place}`, ...rest].join('\n  '));
  };
  const quarter = Math.ceil(count / 4);
  const used = [];
  for (let from = 0; from < count; from += quarter) {
    await together(width, numbers.slice(from, from + quarter), talk);
    used.push(await memory());
  }
  await eventually('all sockets and timers to end', () => alive() <= before || null, 15_000);
  const [first, last] = [used[0], used.at(-1)];
  const report = {
    protocol,
    seed,
    outcomes: Object.fromEntries(outcomes),
    most: Math.round(most),
    longest: Math.round(late.longest()),
    used,
  };
  if (count > 1000) process.stderr.write(`${JSON.stringify(report)}\n`);
  assert.equal(
    faults.length,
    0,
    `${[...places].map(([place, times]) => `${times} × ${place}`).join('\n')}\n\n${faults.slice(0, 10).join('\n\n')}`,
  );
  if (first === undefined || last === undefined || only !== null) return;
  assert.ok(last.live - first.live < allowedGrowth, `${first.live} bytes, then ${last.live}`);
  const grown = last.resident - first.resident;
  assert.ok(
    grown < allowedResidentGrowth,
    `${first.resident} bytes resident, then ${last.resident}`,
  );
  const missed = outcomes.get('not reached') ?? 0;
  assert.ok(missed < count / 4, `${missed} of ${count} servers had no occasion to go wrong`);
}

for (const protocol of ['smtp', 'imap', 'pop'] as const)
  test(
    `${count} hostile servers of ${protocol}: every attempt ends in time, by the right name, and leaves nothing behind`,
    {
      timeout: 7_200_000,
    },
    () => converseAll(protocol),
  );
