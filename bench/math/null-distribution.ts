/**
 * Evaluates the exact distribution of a rank sum under the null hypothesis: a p-value, and how many ordered values an
 * interval may drop.
 *
 * Invariants: entry s is the probability of the sum s, so the entries add up to 1; tails are summed from their far
 * end, because small numbers would be lost when added to a large one.
 */

/** The probability of each sum, from 0 up. */
export type NullDistribution = Float64Array;

/** The direction in which the values differ from the null hypothesis. */
export type Alternative = 'greater' | 'less' | 'two-sided';

/**
 * Returns the p-value of a sum. The two-sided one is twice the smaller tail, max 1, even if ties make the
 * distribution asymmetric.
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

/** Number of ordered values outside an interval on each side, and the error probability there. */
export interface Tail {
  readonly count: number;
  readonly probability: number;
}

/** Returns the largest tail whose error probability does not exceed `error`; its count is 0 if there is none. */
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

/** Adds the counts of `from` to those of `into`, `shift` places higher; counts beyond the end are dropped. */
export function addShifted(into: Float64Array, from: Float64Array, shift: number): void {
  const count = Math.min(from.length, into.length - shift);
  for (let sum = 0; sum < count; sum += 1) {
    into[sum + shift] = (into[sum + shift] as number) + (from[sum] as number);
  }
}
