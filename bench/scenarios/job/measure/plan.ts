/**
 * Which loads a job is measured under, and how long: from what is known of it so far.
 *
 * Invariant: pure arithmetic; a measurement lasts long enough for the slowest job to be seen.
 */
import type { ServiceTime } from './service-time.js';
import type { Slots } from './user-job.js';

/** Shares of the saturation; beyond 1 the backlog is bounded and refuses. */
export const LOADS: readonly number[] = [0.5, 0.8, 0.95, 1.2];

/**
 * A job that leaves its thread idle for more than this share of its time mostly waits. Its processor
 * time alone would not tell: it is small too where other programs take the processor away.
 */
export const WAITING_SHARE = 0.5;

/** Up to so many threads each number is tried, from there on each double. */
const EACH_UP_TO = 4;
const CONCURRENCY_STEP = 4;
/** How much work lies ready beside what runs, so that no thread is ever without. */
const READY_MS = 5;
const MAX_READY_PER_THREAD = 64;
/** A window holds at least so many jobs of each slot. */
const WINDOW_JOBS = 4;
const WANTED_ARRIVALS = 1000;
const MAX_STRETCH = 5;

/** 1, 2, 3, 4, 8, 16 … and the most. */
export function threadCounts(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count = count < EACH_UP_TO ? count + 1 : count * 2) {
    counts.push(count);
  }
  return [...counts, most];
}

/**
 * The slots that are tried. A job that mostly waits is tried with several at once too: up to the most
 * on one thread, and with that on all of them.
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

/** How many jobs to keep in flight, so that all slots are always busy. */
export function inFlightFor({ threads, concurrency }: Slots, meanMs: number): number {
  const ready = Math.min(MAX_READY_PER_THREAD, Math.max(concurrency, READY_MS / meanMs));
  return threads * (concurrency + Math.ceil(ready));
}

/** How long jobs are counted. */
export function windowMsFor(seconds: number, { mean }: ServiceTime): number {
  return Math.max(seconds * 1000, WINDOW_JOBS * mean);
}

/** How long arrivals are measured: longer where they are few. */
export function secondsFor(seconds: number, ratePerSecond: number): number {
  return Math.min(MAX_STRETCH * seconds, Math.max(seconds, WANTED_ARRIVALS / ratePerSecond));
}
