import type { z } from 'zod';
import { type ConfigFault, type ConfigPath, describe, describeKind, formatPath } from './fault.ts';
import type { Source } from './source.ts';
import { nearest } from './suggest.ts';

/** Where faults and warnings are collected during one load. */
export interface Findings {
  readonly faults: ConfigFault[];
  readonly warnings: ConfigFault[];
}

/** One part of a source: its value, and the place at which faults of it are reported. */
export class Section {
  readonly source: Source;
  readonly path: ConfigPath;
  readonly value: unknown;
  readonly #findings: Findings;
  /** Whether values and unknown keys stay out of faults, because a secret may stand here by mistake. */
  readonly #discreet: boolean;

  constructor(
    source: Source,
    findings: Findings,
    inner?: { path: ConfigPath; value: unknown; discreet: boolean },
  ) {
    this.source = source;
    this.#findings = findings;
    this.path = inner?.path ?? [];
    this.value = inner === undefined ? source.data : inner.value;
    this.#discreet = inner?.discreet ?? false;
  }

  /** The part under a key or a position; its value is undefined when it is not there. */
  at(key: string | number, options: { discreet: boolean } = { discreet: this.#discreet }): Section {
    const inner = { path: [...this.path, key], value: child(this.value, key), ...options };
    return new Section(this.source, this.#findings, inner);
  }

  has(key: string): boolean {
    return child(this.value, key) !== undefined;
  }

  fault(message: string): void {
    this.#findings.faults.push(this.source.faultAt(this.path, message));
  }

  warn(message: string): void {
    this.#findings.warnings.push(this.source.faultAt(this.path, message));
  }

  /** What was found here, as far as it may be shown. */
  found(): string {
    return this.#discreet ? describeKind(this.value) : describe(this.value);
  }

  isMapping(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  /** The parts of a list of `from` to `to` entries; null after reporting the fault. */
  list(of: string, from: number, to: number): readonly Section[] | null {
    const length = Array.isArray(this.value) ? this.value.length : null;
    if (length !== null && length >= from && length <= to) {
      return Array.from({ length }, (_, position) => this.at(position));
    }
    const found = length === null ? this.found() : `${length}`;
    this.fault(`expected a list of ${from} to ${to} ${of}, found ${found}`);
    return null;
  }

  /** Decodes a flat mapping with strict keys. Null after reporting every fault of it. */
  decode<Shape extends z.ZodRawShape>(
    schema: z.ZodObject<Shape, z.core.$strict>,
  ): z.output<z.ZodObject<Shape, z.core.$strict>> | null {
    if (!this.isMapping()) {
      this.fault(`expected a mapping, found ${this.found()}`);
      return null;
    }
    const result = schema.safeParse(this.value);
    if (result.success) return result.data;
    const known = Object.keys(schema.shape);
    for (const issue of result.error.issues) {
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) this.#unknownKey(key, known);
      } else {
        this.#findings.faults.push(
          this.source.faultAt([...this.path, ...issue.path.map(pathPart)], issue.message),
        );
      }
    }
    return null;
  }

  #unknownKey(key: string, known: readonly string[]): void {
    const meant = nearest(key, known);
    const hint =
      meant === null
        ? `; known here: ${known.join(', ')}`
        : `, did you mean ${JSON.stringify(meant)}?`;
    const fault = this.source.faultAtKey(this.path, key, `unknown key${hint}`);
    // `{ password:secret }` without the space is a key that holds the secret.
    const hidden = this.#discreet || !/^[A-Za-z][A-Za-z0-9_-]{0,40}$/.test(key);
    this.#findings.faults.push(hidden ? { ...fault, path: formatPath(this.path) } : fault);
  }
}

function pathPart(part: PropertyKey): string | number {
  return typeof part === 'symbol' ? String(part) : part;
}

/** Own properties only: a key named `constructor` must not find one. */
function child(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
