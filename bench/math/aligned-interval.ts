/**
 * Estimates by how much head exceeds the base runs (one or two per round) of the same rounds, with an exact interval.
 *
 * Invariant: the interval contains exactly the shifts that the aligned rank test does not reject, so an estimate and
 * a verdict can't contradict each other: `low` is above zero if the test of "head is no worse" rejects at half the
 * interval's error (if the two are exactly tied at zero, `low` is zero). Each end is a shift at which two aligned
 * values cross; between two adjacent crossings the test's result does not change.
 */
import { type AlignedRound, alignedRank, summedDifferences } from './aligned-rank.js';
import { type Estimate, hodgesLehmann } from './hodges-lehmann.js';

/**
 * Returns the median of the Walsh averages of head minus the mean of its bases. With one base per round and no ties,
 * the whole result equals that of `hodgesLehmann` for the differences. Undefined if no round has a base.
 *
 * Cost: that of sorting k × n² shifts for n rounds with k bases, twice, and of some 20 tests.
 *
 * Source: J. L. Hodges and E. L. Lehmann, Estimates of location based on rank tests, Annals of Mathematical
 * Statistics 34 (1963), 598–611; the interval by inversion of `alignedRank`.
 *
 * @param rounds - Finite numbers.
 * @param confidence - From 0 to 1; default: 0.95. If the rounds are too few for it, the interval is the widest
 * possible, and its `confidence` is lower.
 * @throws RangeError if the confidence is outside that range.
 */
export function alignedEstimate(
  rounds: readonly AlignedRound[],
  confidence: number = 0.95,
): Estimate | undefined {
  const compared = rounds.filter(({ bases }) => bases.length > 0);
  const contrasts = compared.map((round) => {
    const [sum = 0] = summedDifferences(round, 0);
    return sum / round.bases.length;
  });
  const center = hodgesLehmann(contrasts, confidence);
  if (center === undefined) return undefined;
  // As in hodgesLehmann: the rounding error of 1 − 0.9 must not cost a shift.
  const error = (1 - confidence) / 2 + Number.EPSILON;
  const below = lowerEnd(compared, error);
  const above = lowerEnd(compared.map(mirrored), error);
  return {
    estimate: center.estimate,
    low: below.end,
    high: -above.end,
    confidence: 1 - below.error - above.error,
  };
}

/** Returns the smallest shift above which the test no longer rejects, and the error probability below it. */
function lowerEnd(
  rounds: readonly AlignedRound[],
  most: number,
): { readonly end: number; readonly error: number } {
  const shifts = crossings(rounds);
  // Below all crossings, each head is the worst of its round.
  let error = rounds.reduce((product, { bases }) => product / (1 + bases.length), 1);
  let [rejected, kept] = [0, shifts.length - 1];
  while (rejected < kept) {
    const middle = Math.floor((rejected + kept) / 2);
    const between = ((shifts[middle] as number) + (shifts[middle + 1] as number)) / 2;
    const { p } = alignedRank(rounds, 'greater', between);
    if (p <= most) [rejected, error] = [middle + 1, p];
    else kept = middle;
  }
  return { end: shifts[kept] as number, error };
}

/**
 * Returns the shifts at which two deviations from the means of their rounds are equal, sorted and without duplicates.
 * With one base per round these are the Walsh averages.
 */
function crossings(rounds: readonly AlignedRound[]): Float64Array {
  const lines = rounds.flatMap((round) => {
    const sums = summedDifferences(round, 0);
    const size = sums.length;
    return sums.map((sum, at): Line => ({ sum, slope: at === 0 ? 1 - size : 1, size }));
  });
  const found = lines.flatMap((line, at) =>
    lines.slice(at + 1).flatMap((other) => meet(line, other)),
  );
  const sorted = Float64Array.from(found).toSorted();
  return sorted.filter((shift, at) => at === 0 || shift !== sorted[at - 1]);
}

/** A deviation, (sum + slope × shift) ÷ size. It falls for head and rises for the bases. */
interface Line {
  readonly sum: number;
  readonly slope: number;
  readonly size: number;
}

/** Divides last, so that integers that meet at the same shift give exactly the same result. */
function meet(line: Line, other: Line): number | readonly [] {
  const slope = other.slope * line.size - line.slope * other.size;
  return slope === 0 ? [] : (line.sum * other.size - other.sum * line.size) / slope;
}

function mirrored({ head, bases }: AlignedRound): AlignedRound {
  return { head: -head, bases: bases.map((base) => -base) };
}
