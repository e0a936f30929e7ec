/**
 * Jobs of a known length, for the experiments that measure what a job costs beside its work.
 *
 * Invariant: a spinning job keeps its thread busy for the time it was told, by the clock, on every
 * machine and in every pool. What it loses to other threads of the processor counts as its work: at
 * most one job for each time that its thread is interrupted.
 */
import { threadId } from 'node:worker_threads';
import { nowUs } from '../bench/clock.js';

/** Does nothing. Gives its input back. */
export function noop(input: number): number {
  return input;
}

/**
 * Burns so many microseconds.
 *
 * @returns When it started, on the clock of `nowUs`.
 */
export function spin(us: number): number {
  const startedUs = nowUs();
  const endMs = performance.now() + us / 1000;
  while (performance.now() < endMs);
  return startedUs;
}

/**
 * Keeps its thread for so many microseconds without using its processor, which others may need to
 * start.
 *
 * @returns Which thread it is.
 */
export function identify(us: number): number {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, us / 1000);
  return threadId;
}
