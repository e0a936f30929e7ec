/**
 * Computes the estimates of Hodges and Lehmann with exact intervals: the center of one sample, and the shift between
 * two.
 *
 * Invariant: each interval is the inversion of its rank test, so an estimate and a verdict can't contradict each
 * other: without ties, `low` is above zero exactly if the test of "head is no worse" rejects at half the interval's
 * error.
 */
import { type NullDistribution, tailWithin } from './null-distribution.js';
import { rankSumDistribution } from './rank-sum.js';
import { signedRankDistribution } from './signed-rank.js';
import { median } from './statistics.js';

export interface Estimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /**
   * Confidence of the interval: usually slightly above the requested one, because only ordered values can be its
   * ends. Lower if the values are too few for the requested one; the interval is then the widest possible.
   */
  readonly confidence: number;
}

/**
 * Returns the center of symmetric values: the median of their Walsh averages, i.e. of the means of all pairs of
 * values, each value paired with itself included. Undefined if there are no values.
 *
 * If values are tied, the confidence is a lower bound (G. E. Noether, Wilcoxon confidence intervals for location
 * parameters in the discrete case, JASA 62 (1967), 184–188).
 *
 * Cost: that of sorting n² ÷ 2 averages.
 *
 * Source: J. L. Hodges and E. L. Lehmann, Estimates of location based on rank tests, Annals of Mathematical
 * Statistics 34 (1963), 598–611; the interval after J. W. Tukey, as in M. Hollander and D. A. Wolfe, Nonparametric
 * Statistical Methods (1973), sections 3.2 and 3.3.
 *
 * @param values - Finite numbers.
 * @param confidence - From 0 to 1; default: 0.95.
 * @throws RangeError if the confidence is outside that range.
 */
export function hodgesLehmann(
  values: readonly number[],
  confidence: number = 0.95,
): Estimate | undefined {
  const averages = values.flatMap((value, at) =>
    values.slice(at).map((other) => (value + other) / 2),
  );
  return ordered(averages, signedRankDistribution(ranksTo(values.length)), confidence);
}

/**
 * Returns by how much `first` exceeds `second`: the median of all differences between a value of `first` and a value
 * of `second`. Undefined if either is empty.
 *
 * Source: as above; the interval as in Hollander and Wolfe (1973), sections 4.2 and 4.3.
 *
 * @param first - Finite numbers, like `second`.
 * @param confidence - From 0 to 1; default: 0.95.
 * @throws RangeError if the confidence is outside that range.
 */
export function hodgesLehmannShift(
  first: readonly number[],
  second: readonly number[],
  confidence: number = 0.95,
): Estimate | undefined {
  const differences = first.flatMap((value) => second.map((other) => value - other));
  const ranks = ranksTo(first.length + second.length);
  const leastSum = (first.length * (first.length + 1)) / 2;
  const distribution = rankSumDistribution(ranks, first.length).subarray(leastSum);
  return ordered(differences, distribution, confidence);
}

/** Returns the median, and the interval that drops as many of the outermost values as the distribution allows. */
function ordered(
  values: readonly number[],
  distribution: NullDistribution,
  confidence: number,
): Estimate | undefined {
  if (!(confidence >= 0 && confidence <= 1)) {
    throw new RangeError(`The confidence is ${confidence}; valid is a number from 0 to 1.`);
  }
  const estimate = median(values);
  if (estimate === undefined) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  // The rounding error of 1 − 0.9 must not cost a value whose tail is exactly as likely as allowed.
  const allowed = tailWithin(distribution, (1 - confidence) / 2 + Number.EPSILON);
  // An interval that ends at the n-th smallest value misses on that side with the probability of the first n sums.
  const tail = allowed.count > 0 ? allowed : { count: 1, probability: distribution[0] as number };
  return {
    estimate,
    low: sorted[tail.count - 1] as number,
    high: sorted[sorted.length - tail.count] as number,
    confidence: 1 - 2 * tail.probability,
  };
}

function ranksTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
