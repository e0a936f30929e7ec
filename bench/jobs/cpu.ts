/**
 * Job module of the experiments that measure the overhead of a job: keeps a CPU busy, or does nothing.
 *
 * Invariants: `work` does the requested amount of work however long it takes: a thread that loses its CPU still has
 * to do the rest. `spin` ends on time however little of the CPU its thread got, so at most one job per interruption
 * does less work.
 */
import { threadId } from 'node:worker_threads';
import { nowUs } from '../process/clock.js';

/** Steps in a unit of work; one unit takes about a microsecond. */
const STEPS = 600;
/** Units of work between two readings of the clock; each reading allocates garbage. */
const UNITS_BETWEEN_LOOKS = 0.1;

/** Does nothing. Returns its input. */
export function noop(input: number): number {
  return input;
}

/** Computes for this many units. @returns A number that depends on all of them. */
export function work(units: number): number {
  let value = 1;
  // Counts in integers whatever the input is: inlined by V8 into a caller, a floating-point loop may take 2.4 times
  // as long, which is not what we measure here.
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
 * @returns The start time, on the clock of `nowUs`.
 */
export function spin(us: number): number {
  const startedUs = nowUs();
  const endMs = performance.now() + us / 1000;
  while (performance.now() < endMs) work(UNITS_BETWEEN_LOOKS);
  return startedUs;
}

/**
 * Blocks its thread for this many microseconds without using the CPU, which other threads may need to start.
 *
 * @returns The thread's id.
 */
export function identify(us: number): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, us / 1000);
  return threadId;
}
