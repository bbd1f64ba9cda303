import assert from 'node:assert/strict';
import type { Cell } from './cell.ts';
import { succeeded } from './running.ts';

/** What the kernel says of process 1 of a container. */
export interface Confinement {
  readonly uid: number;
  /** Effective, permitted and bounding set, as the kernel writes them; all zero is none. */
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly rootReadOnly: boolean;
}

export async function confinementOf(cell: Cell, id: string): Promise<Confinement> {
  const read = async (path: string) => succeeded(await cell.podman(['exec', id, 'cat', path]));
  const status = await read('/proc/1/status');
  const field = (name: string): string =>
    new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? assert.fail(`no ${name}`);
  const root = (await read('/proc/1/mounts'))
    .split('\n')
    .find((line) => line.split(' ')[1] === '/');
  return {
    uid: Number(field('Uid')),
    capabilities: ['CapEff', 'CapPrm', 'CapBnd'].map(field),
    noNewPrivileges: field('NoNewPrivs') === '1',
    rootReadOnly: root?.split(' ')[3]?.split(',').includes('ro') === true,
  };
}

export const noCapabilities = ['0'.repeat(16), '0'.repeat(16), '0'.repeat(16)];
