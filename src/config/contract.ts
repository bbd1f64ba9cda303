import { z } from 'zod';
import type { Contract, Ratio } from '../domain/contract.ts';
import { depths, type Protocol, protocols } from '../domain/protocol.ts';
import { readReferenced } from './reference.ts';
import { Section } from './section.ts';
import { parseSource } from './source.ts';
import { duration, isLine, name, oneOf, value } from './values.ts';
import type { World } from './world.ts';

/** The contract of a tenant that names none. */
const defaultContract = 'one-minute';

const minute = 60_000;

const contractShape = z.strictObject({
  name,
  title: value({
    expected: 'a text of 1 to 200 characters on one line',
    read: (input) => (isLine(input) && input.length <= 200 ? input : undefined),
  }),
  protocols: value({
    expected: `a list of different protocols out of ${protocols.join(', ')}`,
    read: readProtocols,
    fallback: protocols,
  }),
  combination: oneOf(['any', 'all', 'cross'], 'any'),
  threshold: duration(15_000, 24 * 60 * minute, minute),
  depth: oneOf(depths, 'login'),
  target: value({
    expected: 'a share above 0% and up to 100% with at most 6 decimals, such as 99.9%',
    read: readShare,
  }),
});

/** The contract that a tenant's `contract:` names; registered in the world by its name. Null when faulty. */
export function readContract(section: Section, world: World): Contract | null {
  const referenced = readReferenced(
    section,
    'contracts',
    defaultContract,
    world.contractFiles,
    world,
  );
  if (referenced === null) return null;
  const { path, shown, text } = referenced;
  const contract =
    text === null ? (world.contractFiles.get(path) ?? null) : decodeContract(text, shown, world);
  world.contractFiles.set(path, contract);
  if (contract === null) return null;
  const namesake = world.contracts.get(contract.name);
  if (namesake !== undefined && namesake !== contract) {
    section.fault(`another contract file in use has the same name, ${contract.name}`);
    return null;
  }
  world.contracts.set(contract.name, contract);
  return contract;
}

/** A contract file → the contract; null after its faults went into the world's findings. */
export function decodeContract(
  text: string,
  file: string,
  world: Pick<World, 'findings'>,
): Contract | null {
  const { source, faults } = parseSource(text, file);
  world.findings.faults.push(...faults);
  return source === null ? null : new Section(source, world.findings).decode(contractShape);
}

function readProtocols(input: unknown): readonly Protocol[] | undefined {
  if (!Array.isArray(input) || input.length === 0 || new Set(input).size < input.length) {
    return undefined;
  }
  const known = protocols.filter((protocol) => input.includes(protocol));
  return known.length === input.length ? known : undefined;
}

/** `99.9%` → 999 / 1000, exactly: a float of 0.999 would decide a month at the edge wrongly. */
function readShare(input: unknown): Ratio | undefined {
  const match = typeof input === 'string' ? /^(\d{1,3})(?:\.(\d{1,6}))?%$/.exec(input) : null;
  if (match === null) return undefined;
  const [, whole = '', decimals = ''] = match;
  const numerator = Number(whole + decimals);
  const denominator = 100 * 10 ** decimals.length;
  if (numerator === 0 || numerator > denominator) return undefined;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
