/**
 * Performs Wilcoxon's signed-rank test, exactly: are values, such as the effects of rounds, centered on zero?
 *
 * Invariant: no normal approximation, whatever the number of values; with ties the distribution is that of the actual
 * ranks. So p is never below 2⁻ⁿ, and the false-alarm rate never exceeds alpha.
 */
import { type Alternative, type NullDistribution, pValue } from './null-distribution.js';
import { doubledRanks } from './ranks.js';

export interface SignedRank {
  /** V (also called T⁺), the sum of the ranks of the positive values. */
  readonly statistic: number;
  readonly p: number;
  /** Number of ranked values, i.e. those that are not zero. */
  readonly count: number;
}

/**
 * Tests the hypothesis that the values, minus `shift`, are symmetric about zero.
 *
 * Zeros are dropped before the ranking (Wilcoxon's reduced sample), because they favor neither side; the published
 * tables and R's wilcox.test do the same. Pratt's method, which ranks first and then drops the ranks of the zeros,
 * gives nearly the same result if zeros are few, as among measured effects, and has no tables to be checked against.
 * If no value is left, p is 1.
 *
 * Cost: n³ ÷ 3 additions, 0.1 million for 60 values.
 *
 * Source: F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945), 80–83; M. Hollander
 * and D. A. Wolfe, Nonparametric Statistical Methods (1973), section 3.1, for ties the conditional distribution.
 *
 * @param alternative - 'greater': the values lie above `shift`.
 * @param shift - The center under the hypothesis, in the unit of the values; default: 0.
 * @throws RangeError if a value is NaN.
 */
export function signedRank(
  values: readonly number[],
  alternative: Alternative,
  shift: number = 0,
): SignedRank {
  const differences = values.map((value) => value - shift).filter((value) => value !== 0);
  const ranks = doubledRanks(differences.map(Math.abs));
  const positive = ranks.filter((_, at) => (differences[at] as number) > 0);
  const sum = positive.reduce((total, rank) => total + rank, 0);
  const p = pValue(signedRankDistribution(ranks), sum, alternative);
  return { statistic: sum / 2, p, count: differences.length };
}

/**
 * Returns the distribution of the sum of the ranks with a plus sign, which each rank gets with probability ½.
 *
 * @param ranks - Integers: 1 to n, or doubled ranks if there are ties.
 */
export function signedRankDistribution(ranks: readonly number[]): NullDistribution {
  let distribution: NullDistribution = Float64Array.of(1);
  for (const rank of ranks) {
    const next = new Float64Array(distribution.length + rank);
    for (const [sum, mass] of distribution.entries()) {
      next[sum] = (next[sum] as number) + mass / 2;
      next[sum + rank] = mass / 2;
    }
    distribution = next;
  }
  return distribution;
}
