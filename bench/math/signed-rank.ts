/**
 * Wilcoxon's signed-rank test, exact: whether values, such as the effects of rounds, lie about zero.
 *
 * Invariant: no approximation by the normal distribution, whatever the number of values, and with ties
 * the distribution is that of the ranks at hand. So p is never below 2⁻ⁿ, and the false alarms of the
 * test never exceed its alpha.
 */
import { type Alternative, type NullDistribution, pValue } from './null-distribution.js';
import { doubledRanks } from './ranks.js';

export interface SignedRank {
  /** V (also called T⁺), the sum of the ranks of the positive values. */
  readonly statistic: number;
  readonly p: number;
  /** How many values were ranked: those that are not zero. */
  readonly count: number;
}

/**
 * Tests the hypothesis that the values, less `shift`, are symmetric about zero.
 *
 * Zeros are left out before the ranking (Wilcoxon's reduced sample), as they speak for neither side; this
 * is what the published tables and R's wilcox.test do. Pratt's way, ranks first and then leaves the
 * zeros' ranks out, gives much the same where zeros are few, as they are among measured effects, and has
 * no tables to be checked against. Where nothing is left, p is 1.
 *
 * Cost: n³ ÷ 3 additions, 0.1 million for 60 values.
 *
 * Source: F. Wilcoxon, Individual comparisons by ranking methods, Biometrics Bulletin 1 (1945), 80–83;
 * M. Hollander and D. A. Wolfe, Nonparametric Statistical Methods (1973), section 3.1, for ties the
 * conditional distribution.
 *
 * @param alternative - 'greater': the values lie above `shift`.
 * @param shift - The centre under the hypothesis, in the unit of the values; default: 0.
 * @throws RangeError where a value is NaN.
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
 * The distribution of the sum of those ranks that get a plus, where each gets one with probability ½.
 *
 * @param ranks - Whole numbers: 1 to n, or doubled ranks where there are ties.
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
