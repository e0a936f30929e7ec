/**
 * By how much head lies above the base, or the two runs of the base, that were measured in the same
 * rounds, with an exact interval.
 *
 * Invariant: the interval holds the shifts that the aligned rank test does not reject, so an estimate and
 * a verdict can't contradict each other: `low` is above zero where the test that head is no worse rejects
 * at half the error of the interval (where they tie at exactly zero, `low` is zero). Each end is one of
 * the shifts at which a value of head would pass one of a base; the test says the same between two of
 * these.
 */
import { type AlignedRound, alignedRank, summedDifferences } from './aligned-rank.js';
import { type Estimate, hodgesLehmann } from './hodges-lehmann.js';

/**
 * The median of the Walsh averages of head less the mean of its bases. With one base a round and no ties
 * all of it is what `hodgesLehmann` says of the differences. Undefined where no round has a base.
 *
 * Cost: that of sorting k × n² shifts for n rounds with k bases, twice, and of some 20 tests.
 *
 * Source: J. L. Hodges and E. L. Lehmann, Estimates of location based on rank tests, Annals of
 * Mathematical Statistics 34 (1963), 598–611; the interval by inversion of `alignedRank`.
 *
 * @param rounds - Finite numbers.
 * @param confidence - From 0 to 1; default: 0.95. Where the rounds are too few for it, the interval is the
 * widest there is, and says what it has.
 * @throws RangeError where the confidence is another number.
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
  // As in hodgesLehmann: what 1 − 0.9 lacks of 0.1 must not cost a shift.
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

/** The least shift above which the test no longer rejects, and the error that this makes below it. */
function lowerEnd(
  rounds: readonly AlignedRound[],
  most: number,
): { readonly end: number; readonly error: number } {
  const shifts = crossings(rounds);
  // Below all crossings each head is the worst of its round.
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
 * The shifts at which two deviations from the means of their rounds meet, in order and each once. With one
 * base a round these are the Walsh averages.
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

/** A deviation, (sum + slope × shift) ÷ size, which falls for head as it rises for the bases. */
interface Line {
  readonly sum: number;
  readonly slope: number;
  readonly size: number;
}

/** Divided last, so that whole numbers that meet at the same shift give the same one. */
function meet(line: Line, other: Line): number | readonly [] {
  const slope = other.slope * line.size - line.slope * other.size;
  return slope === 0 ? [] : (line.sum * other.size - other.sum * line.size) / slope;
}

function mirrored({ head, bases }: AlignedRound): AlignedRound {
  return { head: -head, bases: bases.map((base) => -base) };
}
