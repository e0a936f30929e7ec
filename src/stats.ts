/**
 * What a pool counts and measures of itself.
 *
 * Invariant: the counters move at the same instant as the job they count; the estimates (times,
 * utilization) never decide anything but `retryAfterMs`.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Ending } from './job.js';

/** A distribution of times in milliseconds, over the pool's life; percentiles to three digits. */
export interface TimeStats {
  /** The median. */
  readonly p50: number;
  /** What 90 % did not exceed. */
  readonly p90: number;
  /** What 99 % did not exceed. */
  readonly p99: number;
  /** The longest. */
  readonly max: number;
  /** The average. */
  readonly mean: number;
  /** How many jobs were measured. */
  readonly count: number;
}

/** The histograms count microseconds. */
const US_PER_MS = 1000;
/** Times are kept raw for so many jobs: adding one to a histogram takes 18 ns, keeping it 1 ns. */
const RAW_JOBS = 128;
const UTILIZATION_WINDOW_MS = 10_000;
/** How often the busy time is folded into its mean. */
const FOLD_MS = 100;
/** The weight of a new run time in its running mean: the last 32 jobs or so decide. */
const RUN_MEAN_WEIGHT = 1 / 32;

export class Stats {
  submitted = 0;
  readonly endings: Record<Ending, number> = {
    fulfilled: 0,
    rejected: 0,
    cancelled: 0,
    timedOut: 0,
    dropped: 0,
    refused: 0,
  };
  readonly #waits: RecordableHistogram = createHistogram();
  readonly #runs: RecordableHistogram = createHistogram();
  /** Wait and run time of the last jobs, in turn, before they go to the histograms. */
  readonly #raw = new Float64Array(2 * RAW_JOBS);
  #rawCount = 0;
  #meanRunMs: number | undefined;
  /** Mean of the busy slots up to `#foldedMs`, and busy slots × milliseconds from there to `#sinceMs`. */
  #meanBusy = 0;
  #busyMs = 0;
  #busySlots = 0;
  #foldedMs = performance.now();
  #sinceMs = this.#foldedMs;

  /** A job's function has ended on its thread. */
  recordRun(waitMs: number, runMs: number): void {
    this.#raw[this.#rawCount] = waitMs;
    this.#raw[this.#rawCount + 1] = runMs;
    this.#rawCount += 2;
    if (this.#rawCount === 2 * RAW_JOBS) this.#flush();
    this.#meanRunMs ??= runMs;
    this.#meanRunMs += (runMs - this.#meanRunMs) * RUN_MEAN_WEIGHT;
  }

  /**
   * The number of slots that hold a job has changed.
   *
   * @param atMs - When; the clocks of threads may differ by a trifle, and time never goes back.
   */
  recordBusy(busySlots: number, atMs: number): void {
    if (atMs > this.#sinceMs) {
      this.#busyMs += this.#busySlots * (atMs - this.#sinceMs);
      this.#sinceMs = atMs;
    }
    this.#busySlots = busySlots;
    if (atMs - this.#foldedMs >= FOLD_MS) this.meanBusySlots(atMs);
  }

  /** An exponentially weighted mean of the busy slots. */
  meanBusySlots(nowMs: number): number {
    const elapsedMs = nowMs - this.#foldedMs;
    if (elapsedMs < 1) return this.#meanBusy;
    const busyMs = this.#busyMs + this.#busySlots * Math.max(0, nowMs - this.#sinceMs);
    const decay = Math.exp(-elapsedMs / UTILIZATION_WINDOW_MS);
    this.#meanBusy = this.#meanBusy * decay + (busyMs / elapsedMs) * (1 - decay);
    this.#busyMs = 0;
    this.#foldedMs = this.#sinceMs = nowMs;
    return this.#meanBusy;
  }

  /** When so many jobs will be done, by Little's law: excess × mean run time ÷ slots. At least 1 ms. */
  retryAfterMs(excess: number, slots: number): number {
    const estimate = (excess * (this.#meanRunMs ?? 100)) / slots;
    return Math.ceil(Math.min(Math.max(estimate, 1), 60_000));
  }

  waitMs(): TimeStats {
    this.#flush();
    return timeStats(this.#waits);
  }

  runMs(): TimeStats {
    this.#flush();
    return timeStats(this.#runs);
  }

  #flush(): void {
    for (let index = 0; index < this.#rawCount; index += 2) {
      this.#waits.record(toMicroseconds(this.#raw[index] as number));
      this.#runs.record(toMicroseconds(this.#raw[index + 1] as number));
    }
    this.#rawCount = 0;
  }
}

function toMicroseconds(ms: number): number {
  return Math.max(1, Math.round(ms * US_PER_MS));
}

function timeStats(histogram: RecordableHistogram): TimeStats {
  const { count } = histogram;
  if (count === 0) return { p50: 0, p90: 0, p99: 0, max: 0, mean: 0, count };
  return {
    p50: histogram.percentile(50) / US_PER_MS,
    p90: histogram.percentile(90) / US_PER_MS,
    p99: histogram.percentile(99) / US_PER_MS,
    max: histogram.max / US_PER_MS,
    mean: histogram.mean / US_PER_MS,
    count,
  };
}
