/**
 * Ranks values; equal values share the mean of the ranks that they occupy together.
 *
 * Invariant: the ranks are doubled, so that shared ones (2.5) are integers, too, and sums of ranks can index an exact
 * distribution.
 */

/**
 * Returns twice the midrank of each value, in the order of the values; without ties 2, 4, 6 … Only values that are
 * exactly equal are ties.
 *
 * @throws RangeError if a value is NaN, which has no place in the order.
 */
export function doubledRanks(values: readonly number[]): number[] {
  if (values.some(Number.isNaN)) throw new RangeError('NaN has no rank.');
  const sorted = values.toSorted((a, b) => a - b);
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (const [at, value] of sorted.entries()) {
    if (!first.has(value)) first.set(value, at + 1);
    last.set(value, at + 1);
  }
  return values.map((value) => (first.get(value) as number) + (last.get(value) as number));
}
