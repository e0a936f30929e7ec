/**
 * Chooses how much is tested, by `MILLRACE_TESTS`:
 *
 * - by default, which is `npm test`: each promise, with enough repetitions to find it broken on most runs;
 * - `all`: also tests that need other packages, and expensive ones that rarely find anything, such as the pool on a
 *   Node that lacks an internal function;
 * - `full`: also as many repetitions as the promises deserve.
 *
 * The histories of a property differ from run to run, so that short runs add up to long ones.
 */
const extent = process.env['MILLRACE_TESTS'];

export const IS_FULL = extent === 'full';
export const IS_ALL = extent === 'all' || IS_FULL;

/** Number of repetitions: the first by default, the second in a full run. */
export function repeats(quick: number, full: number): number {
  return IS_FULL ? full : quick;
}
