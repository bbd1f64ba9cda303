import type { Contract } from '../domain/contract.ts';
import { type Interval, minuteLength } from '../domain/interval.ts';
import { type MailboxEra, namedSince, watchesOf } from '../domain/mailboxes.ts';
import { type Depth, depths, reaches, shallower } from '../domain/protocol.ts';
import { deepProofHolds } from '../domain/runs.ts';
import type { Tenant } from '../domain/tenant.ts';
import { incidentStore } from '../store/incidents.ts';
import { mailboxStore } from '../store/mailboxes.ts';
import type { Connection } from '../store/open.ts';
import { troubleReader, type Watched } from '../store/troubles.ts';
import { judgedProtocols } from './case.ts';

/** The newest failure that is known may be so old already, ms. */
const slack = 2 * 60 * minuteLength;
/** So much is searched at once, ms. */
const windowLength = 24 * 60 * minuteLength;

interface Watching {
  readonly watched: Watched;
  readonly deepest: Depth;
}

interface Found {
  /** By their beginning. */
  readonly troubles: readonly Interval[];
  /** Those of them that are failures. */
  readonly failures: readonly Interval[];
}
type Searched = Interval & Found;

/**
 * Tells where nothing is wrong: no failure, no clock step or pause of our own, and every contracted
 * protocol proven at the contract's depth again and again, less than the threshold apart. Minutes there
 * are available whatever else is known, so that none of their results needs to be read.
 */
export function openCalm(connection: Connection) {
  const troubles = troubleReader(connection);
  const incidents = incidentStore(connection);
  const mailboxes = mailboxStore(connection);

  /** Whose successes are looked for at a time: of a tenant with several mailboxes each one's. */
  function watchedAt(tenant: Tenant, contract: Contract, within: Interval): Watching[] {
    const eras = mailboxes.eras(tenant.name);
    const ofTime = watchesOf(eras).filter(
      (watch) => watch.within.from < within.to && watch.within.to > within.from,
    );
    // Before its first era a tenant had one mailbox, which its results need not name.
    const isNamed = within.to > namedSince(eras);
    return ofTime.flatMap(({ mailbox }) =>
      [...judgedProtocols(tenant, contract)].map(([protocol, deepest]) => ({
        watched: { tenant: tenant.name, mailbox: isNamed ? mailbox : null, protocol },
        deepest,
      })),
    );
  }

  function search(tenant: Tenant, contract: Contract, within: Interval): Found {
    const { threshold } = contract;
    // When mailboxes come or go, their evidence does as well: judged as it is, all of that day.
    const begins = ({ since }: MailboxEra) => since >= within.from && since < within.to;
    if (mailboxes.eras(tenant.name).some(begins)) return { troubles: [within], failures: [] };
    const gaps = watchedAt(tenant, contract, within).flatMap(({ watched, deepest }) =>
      troubles.gaps(watched, shallower(contract.depth, deepest), within, threshold),
    );
    // What was spoilt by a clock step or a pause ends no gap, though it may have cut one in two here: an
    // attempt that began in the blind time may have ended a deadline later.
    const { from, to } = within;
    const reach = threshold + 2 * tenant.attemptDeadline;
    const wider = { from: from - reach, to: to + reach };
    const blind = [
      ...troubles.clockSteps(tenant.name, wider),
      ...incidents.blind(wider.from, wider.to),
    ].map((one) => ({ from: one.from - reach, to: one.to + reach }));
    const failures = troubles.failures(tenant.name, within);
    const all = [...gaps, ...blind, ...failures];
    return { troubles: all.sort((a, b) => a.from - b.from), failures };
  }

  /** For one tenant and contract; remembers what it searched last, since time goes on in small steps. */
  return (tenant: Tenant, contract: Contract) => {
    let known: Searched[] = [];

    function searched(at: number): Searched {
      const from = Math.floor(at / windowLength) * windowLength;
      const found = known.find((one) => one.from === from);
      if (found !== undefined) return found;
      const within = { from, to: from + windowLength };
      const next = { ...within, ...search(tenant, contract, within) };
      known = [...known.slice(-1), next];
      return next;
    }

    return {
      /** The first trouble, by its beginning, that touches [from, to); at most a day of it is searched. */
      firstTrouble(
        from: number,
        to: number,
      ): { readonly trouble: Interval | null; readonly until: number } {
        const { troubles: found, to: end } = searched(from);
        const until = Math.min(end, to);
        const trouble = found.find((one) => one.to >= from && one.from < until) ?? null;
        return { trouble, until };
      },
      /** The end of the trouble that begins there and of all that follow it within `distance` ms, at most up to `most`. */
      endOfTrouble(trouble: Interval, distance: number, most: number): number {
        let { to } = trouble;
        while (to < most) {
          const from = to;
          for (const window of [searched(from), searched(from + distance)])
            for (const one of window.troubles)
              if (one.from <= to + distance && one.to > to) to = one.to;
          if (to === from) break;
        }
        return Math.min(to, most);
      },
      /** The first instant from `at` on, at most `most`, of which no failure is known only later. */
      cutFrom(at: number, most: number): number {
        let to = at;
        const isLong = (one: Interval) => one.to - one.from > tenant.attemptDeadline;
        for (let before = -Infinity; before < to && to < most; ) {
          before = to;
          for (const one of searched(to).failures)
            if (one.from < to && one.to >= to && isLong(one)) to = one.to + 1;
        }
        return Math.min(to, most);
      },
      /**
       * Up to here at least nothing can still be claimed by a failure that is to come, at a depth beyond the
       * contract's that was proven last then (`deepProofHolds`).
       */
      provenUntil(now: number): number {
        const within = { from: now - 1, to: now };
        const proofs = watchedAt(tenant, contract, within).flatMap(({ watched, deepest }) =>
          depths
            .filter((depth) => reaches(deepest, depth) && !reaches(contract.depth, depth))
            .map((depth) => troubles.lastEvidence(watched, depth, now) ?? -Infinity),
        );
        return Math.min(now, ...proofs.filter((proof) => proof >= now - deepProofHolds - slack));
      },
      /** True when, had a run begun after `until`, it could not reach back before `instant`. */
      isSettled: (instant: number, until: number): boolean =>
        watchedAt(tenant, contract, { from: instant, to: until }).every(
          ({ watched, deepest }) =>
            (troubles.lastEvidence(watched, deepest, until) ?? -Infinity) >= instant,
        ),
    };
  };
}
