import type { Contract } from '../domain/contract.ts';
import type { Flow } from '../domain/flow.ts';
import { besides, type Files, type Place } from './files.ts';
import type { Findings } from './section.ts';
import type { Source } from './source.ts';

/** What one load needs beside the text: the environment, the files, and what was read already. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly findings: Findings;
  /** By absolute path; null for a file that was refused, whose faults are reported once. */
  readonly contractFiles: Map<string, Contract | null>;
  readonly flowFiles: Map<string, Flow | null>;
  /** By name. */
  readonly contracts: Map<string, Contract>;
  readonly besides: (source: Source, path: string) => Place;
}

export function newWorld(env: World['env'], files: Files): World {
  return {
    env,
    files,
    findings: { faults: [], warnings: [] },
    contractFiles: new Map(),
    flowFiles: new Map(),
    contracts: new Map(),
    besides: (source, path) => besides(source.file, path),
  };
}
