/**
 * Guesses which name a mistyped one stands for.
 *
 * Invariant: only a name that is really close is suggested; a wrong guess is worse than none.
 */

/**
 * Returns a name that starts with the given text (min 3 characters), or else the closest one, if the number of edits
 * is at most a third of its length, or one.
 */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const lowered = given.toLowerCase();
  const begun = names.find((name) => lowered.length >= 3 && name.startsWith(lowered));
  if (begun !== undefined) return begun;
  const [best] = names
    .map((name) => ({ name, edits: countEdits(lowered, name) }))
    .toSorted((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= Math.max(1, best.name.length / 3)
    ? best.name
    : undefined;
}

/** Returns " Did you mean 'x'?", or an empty text. */
export function didYouMean(given: string, names: readonly string[]): string {
  const name = nearest(given, names);
  return name === undefined ? '' : ` Did you mean '${name}'?`;
}

/** Counts insertions, deletions, replacements and swaps of neighbors (optimal string alignment). */
function countEdits(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      let edits = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        edits = Math.min(edits, at(before, j - 2) + 1);
      }
      next.push(edits);
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
