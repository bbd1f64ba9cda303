import { Counter, Gauge, type Registry } from 'prom-client';

export interface Build {
  readonly version: string;
  readonly nodeVersion: string;
}

/**
 * The build and the few process metrics that are worth a series, under their usual names.
 * The library's own set is not used: it names gauges `_total`, which `promtool check metrics` refuses,
 * and wakes the process a hundred times a second to watch the event loop.
 */
export function registerProcess(registry: Registry, build: Build): void {
  const registers = [registry];
  new Gauge({
    name: 'mailminute_build_info',
    help: 'Always 1; the labels tell the version of mailminute and of Node.js.',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version: build.version, node_version: build.nodeVersion }, 1);
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start time of the process since the Unix epoch.',
    registers,
  }).set(Math.round(performance.timeOrigin) / 1000);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'nodejs_heap_size_used_bytes',
    help: 'Heap in use by JavaScript.',
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  registerProcessorTime(registry);
}

function registerProcessorTime(registry: Registry): void {
  let counted = 0;
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time used, user and system.',
    registers: [registry],
    collect() {
      const { user, system } = process.cpuUsage();
      this.inc((user + system - counted) / 1e6);
      counted = user + system;
    },
  });
}
