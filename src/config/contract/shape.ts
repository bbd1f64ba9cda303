import { z } from 'zod';
import type { Contract } from '../../domain/contract.ts';
import { depthsOf, type Protocol, protocols } from '../../domain/protocol.ts';
import type { Section } from '../section.ts';
import { duration, name, oneOf, part, value, zone } from '../values.ts';
import { readClauses } from './clauses.ts';
import { readPromises } from './promises.ts';
import { positiveShareExpected, readPositiveShare } from './share.ts';
import {
  denominatorExpected,
  readAgreement,
  readClaim,
  readDenominator,
  readMaintenance,
  readRemedy,
  readUsers,
} from './terms.ts';
import { readTiers } from './tiers.ts';
import { line } from './words.ts';

const minute = 60_000;

/** Its keys are the contract's own. The fallbacks only say that a key may be left out: see `readTerms`. */
const contractShape = z.strictObject({
  name,
  title: line(200),
  extends: part,
  agreement: part,
  zone,
  protocols: value({
    expected: `a list of different protocols out of ${protocols.join(', ')}`,
    read: readProtocols,
    fallback: protocols,
  }),
  combination: oneOf(['any', 'all', 'cross'], 'any'),
  threshold: duration(15_000, 24 * 60 * minute, minute),
  // Those that every protocol has.
  depth: oneOf(depthsOf('smtp'), 'login'),
  users: part,
  denominator: value({
    expected: denominatorExpected,
    read: readDenominator,
    fallback: { kind: 'calendar' as const },
    candidates: ['calendar'],
  }),
  target: value({ expected: positiveShareExpected, read: readPositiveShare, fallback: null }),
  promises: part,
  delays: oneOf(['all', 'internal'], 'all'),
  tiers: part,
  remedy: part,
  maintenance: part,
  claim: part,
  clauses: part,
});

/**
 * The terms of a contract file. What the file leaves out is as in `base`: the contract that it extends, or
 * plain terms. Null after reporting the faults of the keys by themselves; how they fit is another's concern.
 */
export function readTerms(root: Section, base: Contract): Contract | null {
  const decoded = root.decode(contractShape);
  if (!root.isMapping()) return null;
  const given = <T>(key: keyof Contract, read: (section: Section) => T, usual: T): T =>
    root.has(key) ? read(root.at(key)) : usual;
  const denominator = root.has('denominator') ? decoded?.denominator : base.denominator;
  const promises = (section: Section) => readPromises(section, denominator ?? base.denominator);
  const parts = {
    agreement: given('agreement', readAgreement, base.agreement),
    users: given('users', readUsers, base.users),
    promises: given('promises', promises, base.promises) ?? [],
    tiers: given('tiers', readTiers, base.tiers) ?? [],
    remedy: given('remedy', readRemedy, base.remedy),
    maintenance: given('maintenance', readMaintenance, base.maintenance) ?? base.maintenance,
    claim: given('claim', readClaim, base.claim),
    clauses: given('clauses', readClauses, base.clauses) ?? [],
  };
  if (decoded === null) return null;
  const own = <T>(key: keyof Contract, inFile: T, usual: T): T => (root.has(key) ? inFile : usual);
  return {
    name: decoded.name,
    title: decoded.title,
    zone: own('zone', decoded.zone, base.zone),
    protocols: own('protocols', decoded.protocols, base.protocols),
    combination: own('combination', decoded.combination, base.combination),
    threshold: own('threshold', decoded.threshold, base.threshold),
    depth: own('depth', decoded.depth, base.depth),
    denominator: own('denominator', decoded.denominator, base.denominator),
    target: own('target', decoded.target, base.target),
    delays: own('delays', decoded.delays, base.delays ?? 'all'),
    ...parts,
  };
}

function readProtocols(input: unknown): readonly Protocol[] | undefined {
  if (!Array.isArray(input) || input.length === 0 || new Set(input).size < input.length) {
    return undefined;
  }
  const known = protocols.filter((protocol) => input.includes(protocol));
  return known.length === input.length ? known : undefined;
}
