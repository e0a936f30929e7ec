/**
 * The aligned rank test of Hodges and Lehmann, exact: whether head tends to be worse than the base, or
 * the two runs of the base, that were measured in the same rounds.
 *
 * Invariant: the p-value is that of all ways in which each round could have dealt its own values to its
 * processes. It so relies on one thing: that processes of identical code can be exchanged within a
 * round. The noise need not be symmetric. (A signed-rank test of head less the mean of two bases needs
 * that: where some processes are lucky, one side of this contrast is lucky twice as often.)
 */
import {
  addShifted,
  type Alternative,
  type NullDistribution,
  pValue,
} from './null-distribution.js';
import { doubledRanks } from './ranks.js';

/** What one round measured, in a scale of which more is worse. */
export interface AlignedRound {
  readonly head: number;
  /** One, or two where base ran twice. */
  readonly bases: readonly number[];
}

export interface AlignedRank {
  /** How far head's ranks lie above the least of their rounds; with one base a round, Wilcoxon's V. */
  readonly statistic: number;
  readonly p: number;
  /** How many rounds were ranked: those whose values are not all equal. */
  readonly count: number;
}

/**
 * Tests the hypothesis that in each round head, less `shift`, is as likely any of the round's values.
 *
 * The values of all rounds, each less the mean of its round, are ranked together; to its rank each value
 * adds that within its own round, as the Walsh averages have each value with itself too. Thus a single
 * base makes it exactly Wilcoxon's signed-rank test of head − base (without that, the sum is 2V less the
 * number of positive differences). Rounds whose values are all equal are left out, as zeros are there.
 * Where nothing is left, p is 1. The least p is (1 + k)⁻ⁿ for n rounds with k bases each.
 *
 * Where all rounds have as many bases, a greater shift makes the p of 'greater' no less, as each way to
 * deal gains on what was seen; only a shift at which a round is left out can break this.
 *
 * Cost: that of sorting the values, and about 2n³ additions.
 *
 * Source: J. L. Hodges and E. L. Lehmann, Rank methods for combination of independent experiments in
 * analysis of variance, Annals of Mathematical Statistics 33 (1962), 482–497; the distribution is
 * the conditional one.
 *
 * @param rounds - Need not be aligned.
 * @param alternative - 'greater': head lies above its bases by more than `shift`.
 * @param shift - In the unit of the values; default: 0.
 * @throws RangeError where a value is NaN.
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
  // Without ties all of them are even: half of the sums need not be looked at.
  const unit = heights.every((round) => round.every((height) => height % 2 === 0)) ? 2 : 1;
  const distribution = sumDistribution(heights.map((round) => round.map((each) => each / unit)));
  const p = pValue(distribution, seen / unit, alternative);
  return { statistic: seen / 4, p, count: aligned.length };
}

/**
 * For each value of a round, head first, the sum of what it lies above each of the others: the deviation
 * from the mean, times the number of values. The order of the bases can't move a bit of it, and what is
 * equal without a shift is equal at every one: the shift is added last, as it would else be rounded
 * otherwise in each round.
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

/** Twice the deviation from the mean. Divided last, so that whole numbers keep their ties. */
function deviation(sum: number, { length }: readonly number[]): number {
  return (2 * sum) / length;
}

/** Twice the midrank, but for a constant. */
function rankWithin(value: number, values: readonly number[]): number {
  let rank = 0;
  for (const other of values) rank += value > other ? 2 : value === other ? 1 : 0;
  return rank;
}

/** Of the sum of one height from each round, each as likely as the others; the least of a round is 0. */
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
