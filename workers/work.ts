/**
 * Jobs of a known amount of work, for measuring the gate itself.
 *
 * Invariant: the work, and not the time, is what the input says: ten percent more input is ten percent
 * more processor time, on every machine and however busy it is.
 */

/** Iterations in a unit: one unit is about a microsecond. */
const ITERATIONS = 600;

/** Computes for so many units. @returns A number that depends on all of them. */
export function work(units: number): number {
  let value = 1;
  for (let left = Math.round(units * ITERATIONS); left > 0; left -= 1) {
    value ^= value << 13;
    value ^= value >>> 17;
    value ^= value << 5;
  }
  return value;
}
