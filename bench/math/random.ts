/**
 * Provides seeded randomness: the same seed gives the same numbers and orders on every machine.
 *
 * Invariant: nothing here reads the clock or `Math.random`.
 */

/** Returns a source of numbers in [0, 1): mulberry32, good enough to shuffle and to generate text. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Deals the items one by one, forever: all of them in a random order, then again in a new one. Every stretch has
 * nearly the same mix, and no rhythm of the receiver can hit the same items again and again.
 */
export function dealer<Item>(items: readonly Item[], random: () => number): () => Item {
  let deck: Item[] = [];
  return () => {
    if (deck.length === 0) deck = shuffled(items, random);
    return deck.pop() as Item;
  };
}

/** Returns a shuffled copy (Fisher–Yates). */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const result = [...items];
  for (let end = result.length - 1; end > 0; end -= 1) {
    const other = Math.floor(random() * (end + 1));
    [result[end], result[other]] = [result[other] as Item, result[end] as Item];
  }
  return result;
}
