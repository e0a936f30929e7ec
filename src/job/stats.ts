/**
 * Counts a pool's jobs and measures their times.
 *
 * Invariant: the counters move at the same instant as the job they count; the estimates (times,
 * utilization) never decide anything but `retryAfterMs`.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Ending } from './job.js';

/** A distribution of times in milliseconds over the pool's life; percentiles have three significant digits. */
export interface TimeStats {
  /** The median. */
  readonly p50: number;
  /** The 90th percentile. */
  readonly p90: number;
  /** The 99th percentile. */
  readonly p99: number;
  /** The maximum. */
  readonly max: number;
  /** The average. */
  readonly mean: number;
  /** The number of jobs measured. */
  readonly count: number;
}

/** The histograms count microseconds. */
const US_PER_MS = 1000;
/** Buffer this many raw samples before folding them into the histograms: 1 ns a sample instead of 18. */
const RAW_JOBS = 128;
/** Of each of them: how long it waited, how long it ran, and when it ended. */
const RAW_TIMES = 3;
/** Stands for the wait of a job that was settled before it ended. */
const ABANDONED = Number.NaN;
const UTILIZATION_WINDOW_MS = 10_000;
/** How often busy time is reweighted; a stretch shorter than this counts as just now. */
const FOLD_MS = 100;
/** The run time that is assumed of a job until one was measured. */
const ASSUMED_RUN_MS = 100;
/** An assumption asks nobody to stay away for longer than this. */
const MAX_UNMEASURED_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
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
  /** The times of the last jobs, before they go to the histograms. */
  readonly #raw = new Float64Array(RAW_TIMES * RAW_JOBS);
  #rawCount = 0;
  #meanRunMs: number | undefined;
  /** Milliseconds that slots were busy, each weighted by how long ago it was at `#foldedMs`. */
  #busyMs = 0;
  /** The same since then, not yet weighted. */
  #recentBusyMs = 0;
  readonly #sinceMs: number;
  #foldedMs: number;

  /** @param nowMs - The instant from which on the pool exists. */
  constructor(nowMs: number) {
    this.#sinceMs = this.#foldedMs = nowMs;
  }

  /** Records a job whose function has ended on its thread. */
  recordRun(waitMs: number, runMs: number, endedMs: number): void {
    const at = this.#rawCount;
    this.#raw[at] = waitMs;
    this.#raw[at + 1] = runMs;
    this.#raw[at + 2] = endedMs;
    this.#rawCount = at + RAW_TIMES;
    if (this.#rawCount === this.#raw.length) this.#flush();
  }

  /** Records a job that was settled before its function ended: it has kept its slot busy. */
  recordAbandoned(runMs: number, endedMs: number): void {
    this.recordRun(ABANDONED, runMs, endedMs);
  }

  /**
   * The mean number of busy slots, weighted exponentially.
   *
   * @param runningSinceMs - When the jobs were started that run now.
   */
  meanBusySlots(nowMs: number, runningSinceMs: readonly number[]): number {
    this.#flush();
    this.#fold(nowMs);
    const running = runningSinceMs.reduce(
      (sum, sinceMs) => sum + weightedMs(Math.max(0, nowMs - sinceMs)),
      0,
    );
    const lifeMs = weightedMs(nowMs - this.#sinceMs);
    return lifeMs <= 0 ? 0 : (this.#busyMs + running) / lifeMs;
  }

  #fold(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#foldedMs);
    this.#busyMs = this.#busyMs * Math.exp(-elapsedMs / UTILIZATION_WINDOW_MS) + this.#recentBusyMs;
    this.#recentBusyMs = 0;
    this.#foldedMs += elapsedMs;
  }

  /**
   * Estimates when this many jobs will be done, by Little's law: excess × mean run time ÷ slots. From 1 ms
   * to a minute; at most a second before any run time was measured.
   */
  retryAfterMs(excess: number, slots: number): number {
    this.#flush();
    const estimate = (excess * (this.#meanRunMs ?? ASSUMED_RUN_MS)) / slots;
    const maxMs = this.#meanRunMs === undefined ? MAX_UNMEASURED_RETRY_MS : MAX_RETRY_MS;
    return Math.ceil(Math.min(Math.max(estimate, 1), maxMs));
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
    for (let at = 0; at < this.#rawCount; at += RAW_TIMES) {
      const waitMs = this.#raw[at] as number;
      const runMs = this.#raw[at + 1] as number;
      const endedMs = this.#raw[at + 2] as number;
      this.#recentBusyMs += runMs < FOLD_MS ? runMs : weightedMs(runMs);
      if (endedMs - this.#foldedMs >= FOLD_MS) this.#fold(endedMs);
      if (Number.isNaN(waitMs)) continue;
      this.#waits.record(toMicroseconds(waitMs));
      this.#runs.record(toMicroseconds(runMs));
      this.#meanRunMs ??= runMs;
      this.#meanRunMs += (runMs - this.#meanRunMs) * RUN_MEAN_WEIGHT;
    }
    this.#rawCount = 0;
  }
}

/** A stretch of time up to now, each instant weighted by how long ago it was. */
function weightedMs(ms: number): number {
  return UTILIZATION_WINDOW_MS * (1 - Math.exp(-ms / UTILIZATION_WINDOW_MS));
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
