import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** What a command took. */
export interface Taken {
  readonly seconds: number;
  /** Of one processor, its children not included. */
  readonly cpuSeconds: number;
  /** Largest resident size, MiB; null where the system does not tell (no /proc). */
  readonly peak: number | null;
  readonly output: string;
}

/** Runs `mailminute` in a process of its own. @throws Error with its output when it fails */
export function timed(args: readonly string[]): Promise<Taken> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const status = { peak: null as number | null, cpu: 0 };
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const watching = setInterval(() => look(child.pid, status), 20);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watching);
      const seconds = (performance.now() - began) / 1000;
      if (code === 0) resolve({ seconds, cpuSeconds: status.cpu, peak: status.peak, output });
      else reject(new Error(`mailminute ${args.join(' ')} ended with ${code}: ${output}`));
    });
  });
}

/** The kernel keeps the largest size itself (proc(5), VmHWM), and the time in hundredths of a second. */
function look(pid: number | undefined, status: { peak: number | null; cpu: number }): void {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const size = /^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1];
    if (size !== undefined) status.peak = Math.round(Number(size) / 1024);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    status.cpu = Math.max(status.cpu, (Number(fields[11]) + Number(fields[12])) / 100);
  } catch {
    // It has just ended, or there is no /proc.
  }
}
