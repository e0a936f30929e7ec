/**
 * Applies Holm's correction for multiple tests.
 *
 * Invariant: if every adjusted p-value at or below alpha counts as significant, the probability of any false alarm is
 * at most alpha, however the tests depend on each other.
 */

/**
 * Returns the adjusted p-values in the given order: the smallest of m p-values times m, the next one times m − 1, and
 * so on, none below the one before it, none above 1.
 *
 * Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6
 * (1979), 65–70.
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
