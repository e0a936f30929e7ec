/**
 * Samples the resources that a service uses, from within: its memory, the delay of its event loop, and its
 * CPU time.
 *
 * Invariants: a delay is how late the loop was, without the interval of the monitor. It is known only when
 * the loop turns again, and a long delay is one sample like a short one: so the maximum stands beside the
 * p99.
 */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** Times are those since `ProcessHealth` was made, amounts those of this instant. */
export interface ResourceSample {
  /** Its own view of its resident set, for systems where it can't be read from outside. */
  readonly rssBytes: number;
  /** Objects in the heap of the main thread. */
  readonly heapUsedBytes: number;
  /** Buffers and other memory outside of the heap that its objects hold. */
  readonly externalBytes: number;
  readonly loopDelayMs: LoopDelay;
  /** User and system time of all of its threads. */
  readonly cpuUs: number;
}

/** How late the event loop was. */
export interface LoopDelay {
  /** The longest since the look before the last. */
  readonly lately: number;
  readonly p99: number;
  readonly max: number;
}

const LOOK_EVERY_MS = 10;
const NS_PER_MS = 1e6;

/** Watches this process, from now on. */
export class ProcessHealth {
  readonly #all: IntervalHistogram = monitor();
  // A monitor misses the first interval after its reset, so each is reset one look before its turn.
  #lately: IntervalHistogram = monitor();
  #next: IntervalHistogram = monitor();
  #worstMs = 0;
  readonly #cpuBefore: NodeJS.CpuUsage = process.cpuUsage();

  /** The sample of this instant. */
  read(): ResourceSample {
    const { rss, heapUsed, external } = process.memoryUsage();
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    const lately = delayMs(this.#lately.max);
    // Two monitors don't look at the same instants.
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

/** The monitor counts from one look to the next. */
function delayMs(betweenLooksNs: number): number {
  return Math.max(0, betweenLooksNs / NS_PER_MS - LOOK_EVERY_MS);
}
