import { resolve } from 'node:path';
import { type Contract, plainTerms } from '../domain/contract.ts';
import { protocols } from '../domain/protocol.ts';
import { checkPromises } from './contract/promises.ts';
import { readTerms } from './contract/shape.ts';
import { checkTiers } from './contract/tiers.ts';
import { realFiles } from './files.ts';
import { readReferenced } from './reference.ts';
import { type Findings, Section } from './section.ts';
import { parseSource } from './source.ts';
import { newWorld, type World } from './world.ts';

/** What a file means that leaves everything out. Its name and title are never used: every file has its own. */
const plain: Contract = { ...plainTerms, protocols, name: '', title: '' };

/** The contract of a tenant that names none. */
const defaultContract = 'one-minute';

/** The contract that a tenant's `contract:` names; registered in the world by its name. Null when faulty. */
export function readContract(section: Section, world: World): Contract | null {
  const contract = readNamed(section, world, []);
  if (contract === null) return null;
  const namesake = world.contracts.get(contract.name);
  if (namesake !== undefined && namesake !== contract) {
    section.fault(`another contract file in use has the same name, ${contract.name}`);
    return null;
  }
  world.contracts.set(contract.name, contract);
  return contract;
}

/**
 * A contract file → the contract; null after its faults went into the world's findings.
 * What `extends:` names is read from the world's files, by default the real ones.
 */
export function decodeContract(
  text: string,
  file: string,
  world: { readonly findings: Findings } & Partial<World>,
): Contract | null {
  return decode(text, file, { ...newWorld({}, realFiles), ...world }, [resolve(file)]);
}

/** @param heirs absolute paths of the files that extend one another down to here. */
function readNamed(section: Section, world: World, heirs: readonly string[]): Contract | null {
  const { contractFiles } = world;
  const named = readReferenced(section, 'contracts', defaultContract, contractFiles, world);
  if (named === null) return null;
  const { path, shown, text } = named;
  if (text === null) return contractFiles.get(path) ?? null;
  if (heirs.includes(path)) {
    section.fault(`expected another contract, found ${section.found()}, which extends this one`);
    return null;
  }
  const contract = decode(text, shown, world, [...heirs, path]);
  contractFiles.set(path, contract);
  return contract;
}

function decode(
  text: string,
  file: string,
  world: World,
  heirs: readonly string[],
): Contract | null {
  const { findings } = world;
  const { source, faults } = parseSource(text, file);
  findings.faults.push(...faults);
  if (source === null) return null;
  const root = new Section(source, findings);
  const base = root.has('extends') ? readNamed(root.at('extends'), world, heirs) : plain;
  const before = findings.faults.length;
  const contract = readTerms(root, base ?? plain);
  if (contract === null || base === null || findings.faults.length > before) return null;
  checkTiers(root.at('tiers'), contract.tiers, contract.target);
  checkPromises(root.at('promises'), contract);
  return findings.faults.length > before ? null : contract;
}
