/**
 * Sizes a pool for a wanted p99 of the total latency: backlog and timeouts, from the measurements.
 *
 * Invariant: pure arithmetic on measured values.
 */
import type { InputSummary } from '../../../user-job/inputs.js';
import type { LoadResult, SaturationResult, ServiceResult } from '../measure/figures.js';
import { jobsThatDrain } from './queueing.js';
import type { SlotComparison } from './slots.js';

/** Settings of a pool, and the timeouts of its jobs. */
export interface AdvisedSettings {
  readonly threads: number;
  readonly concurrency: number;
  readonly backlog: { readonly jobs: number; readonly bytes: number };
  readonly timeouts: { readonly queueMs: number; readonly runMs: number };
}

/** The measurements that the advice is based on. */
export interface Measured {
  readonly wantedP99Ms: number;
  readonly service: ServiceResult;
  readonly inputs: InputSummary;
  readonly chosen: SaturationResult;
  /** Reasons for the chosen slots. */
  readonly comparisons: readonly SlotComparison[];
  readonly loads: readonly LoadResult[];
}

/** Replacing a thread costs about this much; no job should be cut off earlier. */
export const MIN_RUN_MS = 100;
/** A job that takes this many times the longest usual service time hangs. */
export const RUN_FACTOR = 10;
/** Default of the wanted p99: this many times the p99 of the service time … */
const DEFAULT_P99_FACTOR = 10;
/** … but no less than this, as the load generator's own timers are up to 1 ms late. */
const MIN_DEFAULT_P99_MS = 10;
/** Copies of inputs on their way to a thread and on it, beside those in the backlog. */
const COPIES = 2;
/** Margin for garbage that is not collected yet. */
const MEMORY_MARGIN = 1.25;
const BYTES_STEP = 64 * 1024;

/** Returns the default of the wanted p99. */
export function defaultP99Ms({ time }: ServiceResult): number {
  return Math.max(MIN_DEFAULT_P99_MS, DEFAULT_P99_FACTOR * time.p99);
}

/** Returns how many jobs may wait so that the last one still meets the wanted latency. */
export function backlogJobs(
  wantedP99Ms: number,
  { time }: ServiceResult,
  { jobsPerSecond }: SaturationResult,
): number {
  return jobsThatDrain(jobsPerSecond.median, wantedP99Ms - time.p99);
}

/** Computes the settings. @param waitMs - The wanted p99 minus the p99 of the service time. */
export function settingsFor(
  { wantedP99Ms, service, inputs, chosen }: Measured,
  waitMs: number,
): AdvisedSettings {
  const { threads, concurrency } = chosen;
  const jobs = backlogJobs(wantedP99Ms, service, chosen);
  const longest = service.time.count >= 1000 ? service.time.p999 : service.time.max;
  return {
    threads,
    concurrency,
    backlog: { jobs, bytes: backlogBytes(jobs + threads * concurrency, inputs) },
    timeouts: {
      queueMs: Math.max(1, Math.ceil(waitMs)),
      runMs: Math.ceil(Math.max(MIN_RUN_MS, wantedP99Ms, RUN_FACTOR * longest)),
    },
  };
}

/**
 * Returns the charge of this many jobs: the mean, plus three standard deviations of the sum; at least the
 * largest one.
 */
export function backlogBytes(jobs: number, inputs: InputSummary): number {
  const { meanChargeBytes, deviationChargeBytes, maxChargeBytes } = inputs;
  const many = jobs * meanChargeBytes + 3 * Math.sqrt(jobs) * deviationChargeBytes;
  return Math.ceil(Math.max(many, maxChargeBytes) / BYTES_STEP) * BYTES_STEP;
}

/** Returns the expected peak memory of a process with these settings. */
export function expectedPeakBytes(
  { backlog }: AdvisedSettings,
  { chosen, loads }: Measured,
): number {
  const peaks = [chosen, ...loads.filter(({ load }) => load < 1)].map(
    ({ peakBytes }) => peakBytes.max,
  );
  return Math.round(Math.max(...peaks) * MEMORY_MARGIN + COPIES * backlog.bytes);
}
