/** Makes figures for the tests of the advice and the report. */
import type { Figure } from '../../../../bench/harness/figures.js';
import { NO_ENDINGS } from '../../../../bench/load/endings.js';
import type { InputSummary } from '../../../../bench/user-job/inputs.js';
import type {
  LoadResult,
  SaturationResult,
  ServiceResult,
} from '../../../../bench/scenarios/job/measure/figures.js';

export const MB: number = 1024 ** 2;

export function figure(...rounds: readonly number[]): Figure {
  const sorted = rounds.toSorted((a, b) => a - b);
  return {
    rounds,
    median: sorted[Math.floor(sorted.length / 2)] as number,
    min: Math.min(...rounds),
    max: Math.max(...rounds),
  };
}

/** Every job takes 10 ms, one in a hundred 20 ms. */
export const service: ServiceResult = {
  time: {
    count: 500,
    mean: 10,
    p50: 10,
    p90: 12,
    p99: 20,
    p999: 25,
    max: 30,
    variation: 1,
  },
  warmUp: { isStable: true, ms: 300, jobs: 30 },
  cpuMsPerJob: 9.5,
  cpuShare: 0.95,
  idleShare: 0,
  waitsMostly: false,
  peakBytes: 60 * MB,
};

export const inputs: InputSummary = {
  count: 10,
  bytes: 10_000,
  meanChargeBytes: 1512,
  deviationChargeBytes: 100,
  maxChargeBytes: 2000,
  hasMore: false,
};

/** The same throughput in every round, as on a quiet machine. */
export function saturated(threads: number, perSecond: number, concurrency = 1): SaturationResult {
  return saturatedIn(threads, [perSecond, perSecond, perSecond], concurrency);
}

export function saturatedIn(
  threads: number,
  rounds: readonly number[],
  concurrency = 1,
): SaturationResult {
  return {
    threads,
    concurrency,
    jobsPerSecond: figure(...rounds),
    peakBytes: figure(80 * MB),
  };
}

export function loaded(load: number, p99: Figure, saturationPerSecond = 200): LoadResult {
  const part = (share: number): Figure => figure(...p99.rounds.map((value) => value * share));
  return {
    load,
    ratePerSecond: figure(load * saturationPerSecond),
    saturationPerSecond: figure(saturationPerSecond),
    p50: part(0.2),
    p95: part(0.5),
    p99,
    p999: part(1.5),
    max: part(2),
    endings: { ...NO_ENDINGS, served: 5000 },
    refusedShare: figure(0),
    failedShare: figure(0),
    peakBytes: figure(90 * MB, 100 * MB),
    latenessP99: 1.2,
    sentShare: 1,
  };
}

/** Settings of a job's run, without `job` and `advise`. */
export const SETTINGS = {
  input: { kind: 'files', files: 10, first: 'a.md' },
  threads: 2,
  concurrency: 64,
  seconds: 3,
  rounds: 3,
  seed: 1,
} as const;
