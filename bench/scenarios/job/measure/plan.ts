/**
 * Plans the loads of a job and their durations from what has been measured so far.
 *
 * Invariant: pure arithmetic; windows are extended for slow jobs, and for arrivals that are rare.
 */
import type { ServiceTime } from './service-time.js';
import type { Slots } from './user-job.js';

/** Rates as shares of the max throughput; above 1 the backlog is bounded and rejects jobs. */
export const LOADS: readonly number[] = [0.5, 0.8, 0.95, 1.2];

/**
 * A job that leaves its thread idle for at least this share of its time mostly waits. CPU time alone can't tell:
 * it is low, too, if other programs take the CPU.
 */
export const WAITING_SHARE = 0.5;

/** Every thread count is tried up to this one, then each power of two. */
const EACH_UP_TO = 4;
const CONCURRENCY_STEP = 4;
/** Work to keep ready beside the running jobs, so that no thread runs dry. */
const READY_MS = 5;
const MAX_READY_PER_THREAD = 64;
/** Min length of a window in mean service times, i.e. jobs per slot. */
const WINDOW_JOBS = 4;
const WANTED_ARRIVALS = 1000;
const MAX_STRETCH = 5;

/** Lists 1, 2, 3, 4, 8, 16 … and `most`. */
export function threadCounts(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count = count < EACH_UP_TO ? count + 1 : count * 2) {
    counts.push(count);
  }
  return [...counts, most];
}

/**
 * Lists the slots to try. If a job mostly waits, they include several jobs at once: up to the max concurrency on
 * one thread, and the max concurrency on all threads.
 */
export function slotsToTry(
  most: { readonly threads: number; readonly concurrency: number },
  waitsMostly: boolean,
): Slots[] {
  const single = threadCounts(most.threads).map((threads) => ({ threads, concurrency: 1 }));
  if (!waitsMostly || most.concurrency === 1) return single;
  const steps: number[] = [];
  for (let step = CONCURRENCY_STEP; step < most.concurrency; step *= CONCURRENCY_STEP) {
    steps.push(step);
  }
  const onOne = [...steps, most.concurrency].map((concurrency) => ({ threads: 1, concurrency }));
  const onAll = most.threads === 1 ? [] : [{ ...most }];
  return [...single, ...onOne, ...onAll].map(({ threads, concurrency }) => ({
    threads,
    concurrency,
  }));
}

/** The number of jobs in flight that keeps all slots busy. */
export function inFlightFor({ threads, concurrency }: Slots, meanMs: number): number {
  const ready = Math.min(MAX_READY_PER_THREAD, Math.max(concurrency, READY_MS / meanMs));
  return threads * (concurrency + Math.ceil(ready));
}

/** The length of a window in ms. */
export function windowMsFor(seconds: number, { mean }: ServiceTime): number {
  return Math.max(seconds * 1000, WINDOW_JOBS * mean);
}

/** The time to measure arrivals for; longer if they are rare. */
export function secondsFor(seconds: number, ratePerSecond: number): number {
  return Math.min(MAX_STRETCH * seconds, Math.max(seconds, WANTED_ARRIVALS / ratePerSecond));
}
