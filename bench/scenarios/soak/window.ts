/**
 * What is measured while the load runs, window by window: memory, the event loop's delay, jobs and
 * their latencies.
 *
 * Invariants: what is kept here does not grow with the run, as it lies in the memory that is measured;
 * a window's memory is the median of its samples, so that where in its cycle the garbage collector was
 * matters little.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Latencies, type LatencySummary } from '../../load/latencies.js';
import { median } from '../../math/statistics.js';

/** What memory is made of, in bytes. */
export interface MemoryUse {
  /** The whole process's resident set, threads and all. */
  readonly rss: number;
  /** Of the main thread's heap. */
  readonly heapUsed: number;
  /** Outside of it, held by its objects: buffers, for the most part. */
  readonly external: number;
}

/** A part of the run. Times count from its start. */
export interface SoakWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly memory: MemoryUse;
  readonly completed: number;
  /** By the pool, as its backlog was full. */
  readonly refused: number;
  readonly failed: number;
  /** Of the jobs that ended, from their intended start; in milliseconds. */
  readonly latency: LatencySummary;
  /** How much later than due the event loop came to its timers; in milliseconds. */
  readonly loopDelay: { readonly p99: number; readonly max: number };
}

/** How often the loop's delay is looked at. */
const RESOLUTION_MS = 10;

/** Counts and measures; starts at once. */
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

  /** Ends a window, and begins the next one. */
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

/** The histogram has the time between two looks, in nanoseconds: the resolution is a part of it. */
function delayMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
}
