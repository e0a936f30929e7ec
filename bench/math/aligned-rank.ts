/**
 * Performs the aligned rank test of Hodges and Lehmann, exactly: does head tend to be worse than the base runs (one
 * or two per round) of the same rounds?
 *
 * Invariant: the p-value is exact over all ways of assigning each round's values to its processes. It relies on one
 * assumption only: processes of identical code are exchangeable within a round. The noise need not be symmetric. (A
 * signed-rank test of head minus the mean of two bases requires symmetry: if some processes are lucky, one side of
 * this contrast is lucky twice as often.)
 */
import {
  addShifted,
  type Alternative,
  type NullDistribution,
  pValue,
} from './null-distribution.js';
import { doubledRanks } from './ranks.js';

/** The values of one round, on a scale on which more is worse. */
export interface AlignedRound {
  readonly head: number;
  /** One value, or two if base ran twice. */
  readonly bases: readonly number[];
}

export interface AlignedRank {
  /** Sum of how far head's scores lie above the lowest of their rounds, scaled to be Wilcoxon's V with one base. */
  readonly statistic: number;
  readonly p: number;
  /** Number of ranked rounds, i.e. those whose values are not all equal. */
  readonly count: number;
}

/**
 * Tests the hypothesis that in each round head, minus `shift`, is equally likely to be any of the round's values.
 *
 * The values of all rounds, each minus the mean of its round, are ranked together. A value's score is this rank plus
 * its rank within its own round, just as the Walsh averages include the pair of each value with itself. With a single
 * base this is exactly Wilcoxon's signed-rank test of head − base (without the second rank, the sum would be 2V minus
 * the number of positive differences). Rounds whose values are all equal are dropped, like zeros in that test. If no
 * round is left, p is 1. The lowest possible p is (1 + k)⁻ⁿ for n rounds with k bases each.
 *
 * If all rounds have the same number of bases, the p of 'greater' never falls as the shift grows, because every
 * assignment gains on the observed one; only a shift at which a round is dropped can break this.
 *
 * Cost: that of sorting the values, and about 2n³ additions.
 *
 * Source: J. L. Hodges and E. L. Lehmann, Rank methods for combination of independent experiments in analysis of
 * variance, Annals of Mathematical Statistics 33 (1962), 482–497; the distribution is the conditional one.
 *
 * @param rounds - Need not be aligned.
 * @param alternative - 'greater': head lies above its bases by more than `shift`.
 * @param shift - In the unit of the values; default: 0.
 * @throws RangeError if a value is NaN.
 */
export function alignedRank(
  rounds: readonly AlignedRound[],
  alternative: Alternative,
  shift: number = 0,
): AlignedRank {
  const aligned = rounds
    .map((round) => summedDifferences(round, shift))
    .filter((sums) => sums.some((sum) => sum !== 0));
  const ranks = doubledRanks(aligned.flatMap((sums) => sums.map((sum) => deviation(sum, sums))));
  let [first, seen] = [0, 0];
  const heights = aligned.map((sums) => {
    const scores = sums.map((sum, at) => (ranks[first + at] as number) + rankWithin(sum, sums));
    first += sums.length;
    const least = Math.min(...scores);
    seen += (scores[0] as number) - least;
    return scores.map((score) => score - least);
  });
  // Without ties all heights are even, so half of the sums can be skipped.
  const unit = heights.every((round) => round.every((height) => height % 2 === 0)) ? 2 : 1;
  const distribution = sumDistribution(heights.map((round) => round.map((each) => each / unit)));
  const p = pValue(distribution, seen / unit, alternative);
  return { statistic: seen / 4, p, count: aligned.length };
}

/**
 * Returns for each value of a round, head first, the sum of its differences from the other values, i.e. its deviation
 * from the mean times the number of values. The order of the bases does not change a single bit of it. The shift is
 * added last, so that sums that are equal without a shift are equal with every shift; added earlier, it would be
 * rounded differently in each round.
 */
export function summedDifferences({ head, bases }: AlignedRound, shift: number): number[] {
  const excess = bases.map((base) => head - base);
  return [
    excess.reduce((sum, each) => sum + each, 0) - bases.length * shift,
    ...bases.map(
      (base, at) =>
        bases.reduce((sum, other) => sum + (base - other), -(excess[at] as number)) + shift,
    ),
  ];
}

/** Twice the deviation from the mean. Divides last, so that integers keep their ties. */
function deviation(sum: number, { length }: readonly number[]): number {
  return (2 * sum) / length;
}

/** Twice the midrank, up to a constant. */
function rankWithin(value: number, values: readonly number[]): number {
  let rank = 0;
  for (const other of values) rank += value > other ? 2 : value === other ? 1 : 0;
  return rank;
}

/** Distribution of the sum of one height from each round, all equally likely; the lowest height of a round is 0. */
function sumDistribution(heights: ReadonlyArray<readonly number[]>): NullDistribution {
  let ways = Float64Array.of(1);
  let total = 1;
  for (const round of heights) {
    const next = new Float64Array(ways.length + Math.max(...round));
    for (const height of round) addShifted(next, ways, height);
    total *= round.length;
    ways = next;
  }
  return ways.map((count) => count / total);
}
