/**
 * Keeps a CPU busy, or does nothing: the jobs of the experiments that measure what a job costs beside its work.
 *
 * Invariants: `work` does as much as it is asked for, however long that takes: a thread that loses its
 * CPU meanwhile still has to do the rest. `spin` ends at its time, however much of it its thread has had: at
 * most one job for each interruption gains by that.
 */
import { threadId } from 'node:worker_threads';
import { nowUs } from '../process/clock.js';

/** Steps in a unit of work: one unit is about a microsecond. */
const STEPS = 600;
/** Work between two looks at the clock; each look makes garbage. */
const UNITS_BETWEEN_LOOKS = 0.1;

/** Does nothing. Returns its input. */
export function noop(input: number): number {
  return input;
}

/** Computes for this many units. @returns A number that depends on all of them. */
export function work(units: number): number {
  let value = 1;
  // Counted in whole numbers whatever the input is: of a caller that V8 compiles it into, a loop that counts
  // in floating point may take 2.4 times as long, and that is not what is to be measured here.
  for (let left = Math.round(units * STEPS) | 0; left > 0; left -= 1) {
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
  }
  return value;
}

/**
 * Computes for this many microseconds.
 *
 * @returns When it started, on the clock of `nowUs`.
 */
export function spin(us: number): number {
  const startedUs = nowUs();
  const endMs = performance.now() + us / 1000;
  while (performance.now() < endMs) work(UNITS_BETWEEN_LOOKS);
  return startedUs;
}

/**
 * Keeps its thread for this many microseconds without using its CPU, which others may need to start.
 *
 * @returns Which thread it is.
 */
export function identify(us: number): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, us / 1000);
  return threadId;
}
