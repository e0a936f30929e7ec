/**
 * Measures the pool's process window by window: memory, event-loop delay, jobs and their latencies.
 *
 * Invariants: the data kept here does not grow with the run, as it is part of the measured memory; a window's
 * memory is the median of its samples, so that the phase of the garbage collector matters little.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Latencies, type LatencySummary } from '../../load/latencies.js';
import { median } from '../../math/statistics.js';

/** The parts of the memory, in bytes. */
export interface MemoryUse {
  /** Resident set of the whole process, threads included. */
  readonly rss: number;
  /** Used heap of the main thread. */
  readonly heapUsed: number;
  /** Memory outside of the heap that objects in it hold: mostly buffers. */
  readonly external: number;
}

/** A part of the run. Times count from the start of the run. */
export interface SoakWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly memory: MemoryUse;
  readonly completed: number;
  /** Jobs that the pool rejected because its backlog was full. */
  readonly refused: number;
  readonly failed: number;
  /** Latency of the completed jobs, from the scheduled arrival, in milliseconds. */
  readonly latency: LatencySummary;
  /** Delay of the event loop, in milliseconds. */
  readonly loopDelay: { readonly p99: number; readonly max: number };
}

/** Interval at which the delay of the loop is sampled. */
const RESOLUTION_MS = 10;

/** Counts and measures; starts when it is created. */
export class WindowMeter {
  readonly #loopDelay: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #latencies = new Latencies();
  #samples: MemoryUse[] = [];
  #completed = 0;
  #refused = 0;
  #failed = 0;

  constructor() {
    this.#loopDelay.enable();
  }

  complete(latencyUs: number): void {
    this.#completed += 1;
    this.#latencies.record(latencyUs);
  }

  refuse(): void {
    this.#refused += 1;
  }

  fail(): void {
    this.#failed += 1;
  }

  sampleMemory(): void {
    const { rss, heapUsed, external } = process.memoryUsage();
    this.#samples.push({ rss, heapUsed, external });
  }

  /** Ends a window and starts the next one. */
  close(fromSeconds: number, toSeconds: number): SoakWindow {
    const window: SoakWindow = {
      fromSeconds,
      toSeconds,
      memory: {
        rss: this.#medianOf('rss'),
        heapUsed: this.#medianOf('heapUsed'),
        external: this.#medianOf('external'),
      },
      completed: this.#completed,
      refused: this.#refused,
      failed: this.#failed,
      latency: this.#latencies.summary(),
      loopDelay: {
        p99: delayMs(this.#loopDelay.percentile(99)),
        max: delayMs(this.#loopDelay.max),
      },
    };
    this.#samples = [];
    this.#completed = 0;
    this.#refused = 0;
    this.#failed = 0;
    this.#latencies.clear();
    this.#loopDelay.reset();
    return window;
  }

  stop(): void {
    this.#loopDelay.disable();
  }

  #medianOf(part: keyof MemoryUse): number {
    return median(this.#samples.map((sample) => sample[part])) ?? 0;
  }
}

/** Converts a value of the histogram, which is the time between two samples in nanoseconds, interval included. */
function delayMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
}
