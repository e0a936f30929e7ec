/**
 * Samples the resources that a service uses, from within: its memory, the delay of its event loop, and its
 * CPU time.
 *
 * Invariants: a delay is the lateness of the loop, without the monitor's interval. It is known only when the
 * loop turns again, and a long delay is a single sample, like a short one: therefore the max is reported beside
 * the p99.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Times are since `ProcessHealth` was created, amounts are current. */
export interface ResourceSample {
  /** The process's own view of its resident set, for systems where it can't be read from outside. */
  readonly rssBytes: number;
  /** Objects in the heap of the main thread. */
  readonly heapUsedBytes: number;
  /** Buffers and other memory outside of the heap that objects in it hold. */
  readonly externalBytes: number;
  readonly loopDelayMs: LoopDelay;
  /** User and system time of all threads. */
  readonly cpuUs: number;
}

/** Delay of the event loop. */
export interface LoopDelay {
  /** Max since the read before the last one. */
  readonly lately: number;
  readonly p99: number;
  readonly max: number;
}

const LOOK_EVERY_MS = 10;
const NS_PER_MS = 1e6;

/** Monitors this process from its creation on. */
export class ProcessHealth {
  readonly #all: IntervalHistogram = monitor();
  // A monitor misses the first interval after a reset, so each one is reset one read ahead of its turn.
  #lately: IntervalHistogram = monitor();
  #next: IntervalHistogram = monitor();
  #worstMs = 0;
  readonly #cpuBefore: NodeJS.CpuUsage = process.cpuUsage();

  /** Takes a sample. */
  read(): ResourceSample {
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    const lately = delayMs(this.#lately.max);
    // Two monitors don't sample at the same instants.
    this.#worstMs = Math.max(this.#worstMs, lately, delayMs(this.#all.max));
    this.#lately.reset();
    [this.#lately, this.#next] = [this.#next, this.#lately];
    return {
      rssBytes: rss,
      heapUsedBytes: heapUsed,
      externalBytes: external,
      loopDelayMs: {
        lately,
        p99: delayMs(this.#all.percentile(99)),
        max: this.#worstMs,
      },
      cpuUs: user + system,
    };
  }
}

function monitor(): IntervalHistogram {
  const histogram = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  histogram.enable();
  return histogram;
}

/** Converts a sample, which is the time between two ticks of the monitor. */
function delayMs(betweenLooksNs: number): number {
  return Math.max(0, betweenLooksNs / NS_PER_MS - LOOK_EVERY_MS);
}
