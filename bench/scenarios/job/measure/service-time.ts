/**
 * Records the distribution of a job's service time, measured on its thread, one job after the other.
 *
 * Invariants: `warmUp` ends once the times are stable or its time limit is reached, and reports which; failed
 * jobs have no service time and are counted elsewhere.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { median } from '../../../math/statistics.js';

/** A distribution in milliseconds; percentiles have three significant digits. All 0 if no job succeeded. */
export interface ServiceTime {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Standard deviation ÷ mean. */
  readonly variation: number;
}

/** The outcome of the warm-up. */
export interface WarmUp {
  readonly isStable: boolean;
  readonly ms: number;
  readonly jobs: number;
}

const NS_PER_MS = 1e6;

export class ServiceTimes {
  readonly #histogram: RecordableHistogram = createHistogram();

  record(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * NS_PER_MS)));
  }

  summary(): ServiceTime {
    const { count, mean, stddev, max } = this.#histogram;
    if (count === 0) return NO_SERVICE_TIME;
    const percentile = (percent: number) => this.#histogram.percentile(percent) / NS_PER_MS;
    return {
      count,
      mean: mean / NS_PER_MS,
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      p999: percentile(99.9),
      max: max / NS_PER_MS,
      variation: stddev / mean,
    };
  }
}

const NO_SERVICE_TIME: ServiceTime = {
  count: 0,
  mean: 0,
  p50: 0,
  p90: 0,
  p99: 0,
  p999: 0,
  max: 0,
  variation: 0,
};

/** Min length of a block, so that compilation and garbage collection affect several of them. */
const BLOCK_MS = 100;
const BLOCK_JOBS = 3;
/** Number of consecutive blocks that must agree. */
const STABLE_BLOCKS = 3;
const TOLERANCE = 0.1;

/**
 * Runs jobs until their times are stable or `maxMs` are over. @param run - Returns ms; undefined if the job
 * failed.
 */
export async function warmUp(
  run: () => Promise<number | undefined>,
  maxMs: number,
): Promise<WarmUp> {
  const startedMs = performance.now();
  const blocks: number[] = [];
  let jobs = 0;
  for (;;) {
    const blockStartedMs = performance.now();
    const times: number[] = [];
    for (let inBlock = 0; ; inBlock += 1) {
      const nowMs = performance.now();
      if (nowMs - startedMs >= maxMs) return { isStable: false, ms: nowMs - startedMs, jobs };
      if (inBlock >= BLOCK_JOBS && nowMs - blockStartedMs >= BLOCK_MS) break;
      const ms = await run();
      jobs += 1;
      if (ms !== undefined) times.push(ms);
    }
    // If every job of a block fails, there is nothing to wait for.
    blocks.push(median(times) ?? 0);
    if (isStable(blocks)) return { isStable: true, ms: performance.now() - startedMs, jobs };
  }
}

/** Whether the last medians are within 10 % of each other. */
export function isStable(medians: readonly number[]): boolean {
  const last = medians.slice(-STABLE_BLOCKS);
  if (last.length < STABLE_BLOCKS) return false;
  const [least, most] = [Math.min(...last), Math.max(...last)];
  return most - least <= TOLERANCE * least;
}
