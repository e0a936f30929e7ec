/**
 * The exact distribution of a sum of ranks where the null hypothesis holds, and what is read from it:
 * a p-value, and how many ordered values an interval may leave out.
 *
 * Invariants: entry s is the probability of the sum s, so the entries add up to 1; tails are summed from
 * their far end, as small numbers that meet a large one first would be lost.
 */

/** The probability of each sum, from 0 on. */
export type NullDistribution = Float64Array;

/** Which way the values differ from the null hypothesis. */
export type Alternative = 'greater' | 'less' | 'two-sided';

/**
 * The p-value of a sum. Two-sided it is twice the smaller tail, at most 1: also where ties have made the
 * distribution lopsided.
 */
export function pValue(
  distribution: NullDistribution,
  sum: number,
  alternative: Alternative,
): number {
  if (alternative === 'greater') return atLeast(distribution, sum);
  if (alternative === 'less') return atMost(distribution, sum);
  return Math.min(1, 2 * Math.min(atLeast(distribution, sum), atMost(distribution, sum)));
}

/** How many ordered values lie outside an interval on each side, and the error that this makes there. */
export interface Tail {
  readonly count: number;
  readonly probability: number;
}

/** The most values that each side may leave out for no more than such an error; 0 where it allows none. */
export function tailWithin(distribution: NullDistribution, error: number): Tail {
  let probability = 0;
  let count = 0;
  for (const mass of distribution) {
    if (probability + mass > error) break;
    probability += mass;
    count += 1;
  }
  return { count, probability };
}

function atMost(distribution: NullDistribution, sum: number): number {
  let probability = 0;
  for (const mass of distribution.subarray(0, sum + 1)) probability += mass;
  return Math.min(1, probability);
}

function atLeast(distribution: NullDistribution, sum: number): number {
  let probability = 0;
  for (let at = distribution.length - 1; at >= sum; at -= 1) {
    probability += distribution[at] as number;
  }
  return Math.min(1, probability);
}

/** Adds to the number of ways of each sum those of another part, which is `shift` greater here. */
export function addShifted(into: Float64Array, from: Float64Array, shift: number): void {
  const count = Math.min(from.length, into.length - shift);
  for (let sum = 0; sum < count; sum += 1) {
    into[sum + shift] = (into[sum + shift] as number) + (from[sum] as number);
  }
}
