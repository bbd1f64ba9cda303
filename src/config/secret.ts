import { Secret } from '../domain/secret.ts';
import { type Files, unreadable } from './files.ts';
import type { Section } from './section.ts';
import { isLine } from './values.ts';
import type { World } from './world.ts';

const spelling = 'write it as { env: NAME } or { file: PATH }';

/** What is wrong with a secret's text, in words that do not quote it; null: nothing. */
type ProblemOf = (text: string) => string | null;

/**
 * A secret by reference: `{ env: NAME }`, read once, or `{ file: PATH }`, read anew on each `reveal()`.
 * Faults never quote what stands here: it may be the secret itself.
 */
export function readSecret(
  section: Section,
  world: World,
  problemOf: ProblemOf = problemOfLine,
): Secret | null {
  const given = section.value;
  if (typeof given === 'string' || typeof given === 'number') {
    section.fault(`a secret does not belong into this file; ${spelling}`);
    return null;
  }
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const [kind, reference] = entries[0] ?? [];
  if (entries.length !== 1 || !isLine(reference) || Array.isArray(given)) {
    section.fault(`expected a reference to a secret; ${spelling}`);
    return null;
  }
  if (kind === 'env') return fromEnvironment(section.at(kind), reference, world, problemOf);
  if (kind === 'file') return fromFile(section.at(kind), reference, world, problemOf);
  section.fault(`expected a reference to a secret; ${spelling}`);
  return null;
}

function fromEnvironment(
  section: Section,
  name: string,
  world: World,
  problemOf: ProblemOf,
): Secret | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    section.fault('expected the name of an environment variable, such as ACME_PASSWORD');
    return null;
  }
  // Only the usual spelling is shown: another one may be a password in the wrong place.
  const variable = /^[A-Z][A-Z0-9_]*$/.test(name)
    ? `the environment variable ${name}`
    : 'the environment variable named here';
  const text = world.env[name];
  if (text === undefined) {
    section.fault(`${variable} is not set`);
    return null;
  }
  const problem = problemOf(text);
  if (problem !== null) {
    section.fault(`${variable} ${problem}`);
    return null;
  }
  const secret = withoutNewline(text);
  return new Secret(() => secret, `env ${name}`);
}

function fromFile(
  section: Section,
  reference: string,
  world: World,
  problemOf: ProblemOf,
): Secret | null {
  const { path, shown } = world.besides(section.source, reference);
  const file = /^\.{0,2}\//.test(reference) ? `the file ${shown}` : 'the file named here';
  try {
    const problem = problemOf(world.files.read(path));
    if (problem === null)
      return new Secret(() => readAnew(world.files, path, problemOf), `file ${path}`);
    section.fault(`${file} ${problem}`);
  } catch (error) {
    section.fault(`${file} cannot be read: ${unreadable(error)}`);
  }
  return null;
}

/** @throws when the file has gone, or no longer holds what it should. */
function readAnew(files: Files, path: string, problemOf: ProblemOf): string {
  const text = files.read(path);
  const problem = problemOf(text);
  if (problem !== null) throw new Error(`the secret's file ${problem}`);
  return withoutNewline(text);
}

/** A line break inside would end `PASS` early and send the rest as a command (RFC 1939 §3). */
function problemOfLine(text: string): string | null {
  const secret = withoutNewline(text);
  if (secret.trim() === '') return 'is empty';
  return isLine(secret) ? null : 'holds a control character or more than one line';
}

/** Editors and `echo` end a file with a newline that is not part of the password. */
function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
