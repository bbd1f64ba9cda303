import { getHeapStatistics } from 'node:v8';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface Build {
  readonly version: string;
  readonly nodeVersion: string;
}

/** The process as its main thread sees it. */
export interface ProcessReading {
  /** Epoch ms. */
  readonly startedAt: number;
  /** User and system time of all threads, µs. */
  readonly processorTime: number;
  /** Of all threads, bytes. */
  readonly residentMemory: number;
  /** Of the main thread alone, bytes. */
  readonly heapUsed: number;
}

/** Call it on the main thread: in another one, heap and start are that thread's own. */
export function readProcess(): ProcessReading {
  const { user, system } = process.cpuUsage();
  return {
    startedAt: Math.round(performance.timeOrigin),
    processorTime: user + system,
    residentMemory: process.memoryUsage.rss(),
    heapUsed: getHeapStatistics().used_heap_size,
  };
}

/**
 * The build and the few process metrics that are worth a series, under their usual names.
 * The library's own set is not used: it names gauges `_total`, which `promtool check metrics` refuses,
 * and wakes the process a hundred times a second to watch the event loop.
 */
export class ProcessMetrics {
  readonly #families: ReturnType<typeof processFamilies>;
  #counted = 0;

  constructor(registry: Registry, build: Build) {
    this.#families = processFamilies(registry);
    const labels = { version: build.version, node_version: build.nodeVersion };
    this.#families.build.set(labels, 1);
  }

  write({ startedAt, processorTime, residentMemory, heapUsed }: ProcessReading): void {
    const { start, processor, resident, heap } = this.#families;
    start.set(startedAt / 1000);
    processor.inc(Math.max(0, processorTime - this.#counted) / 1e6);
    this.#counted = Math.max(processorTime, this.#counted);
    resident.set(residentMemory);
    heap.set(heapUsed);
  }
}

function processFamilies(registry: Registry) {
  const registers = [registry];
  return {
    build: new Gauge({
      name: 'mailminute_build_info',
      help: 'Always 1; the labels tell the version of mailminute and of Node.js.',
      labelNames: ['version', 'node_version'],
      registers,
    }),
    start: new Gauge({
      name: 'process_start_time_seconds',
      help: 'Start time of the process since the Unix epoch.',
      registers,
    }),
    resident: new Gauge({
      name: 'process_resident_memory_bytes',
      help: 'Resident memory size.',
      registers,
    }),
    heap: new Gauge({
      name: 'nodejs_heap_size_used_bytes',
      help: 'Heap in use by JavaScript on the main thread.',
      registers,
    }),
    processor: new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Processor time used, user and system.',
      registers,
    }),
  };
}
