/**
 * Holm's correction for many tests: how small a p-value still is when it was the luckiest of several.
 *
 * Invariant: calling everything at or below alpha significant makes any false alarm at all with a
 * probability of at most alpha, however the tests depend on each other.
 */

/**
 * The adjusted p-values, in the order given: the smallest of m times m, the next one times m − 1 … none
 * below the one before it, none above 1.
 *
 * Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
 * Statistics 6 (1979), 65–70.
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = [...pValues.entries()].toSorted(([, a], [, b]) => a - b);
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  for (const [step, [at, p]] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - step) * p));
    adjusted[at] = largest;
  }
  return adjusted;
}
