/**
 * Chooses how much a test repeats. `npm test` repeats enough to find a broken promise on most runs;
 * `MILLRACE_TESTS=full`, which `.ci/run` sets, repeats as much as the promises deserve.
 *
 * Only counts depend on it: every promise has its test in both.
 */
export const IS_FULL = process.env['MILLRACE_TESTS'] === 'full';

/** A count of repetitions: the first by default, the second in a full run. */
export function repeats(quick: number, full: number): number {
  return IS_FULL ? full : quick;
}
