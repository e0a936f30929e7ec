/**
 * Deals the jobs of `bench tail`: most are short, one in a hundred is a thousand times as long.
 *
 * Invariant: every thousand jobs contain exactly ten long ones; the seed decides on their positions, the same
 * for every variant.
 */
import { dealer, randomFrom } from '../../math/random.js';

export const SHORT_US = 20;
export const LONG_US = 20_000;
const DECK = Array.from({ length: 1000 }, (_, index) => (index < 10 ? LONG_US : SHORT_US));

/** Mean length of a job. */
export const MEAN_US: number = DECK.reduce((sum, us) => sum + us, 0) / DECK.length;

/** Deals the lengths of the jobs one by one, without end. */
export function dealJobs(seed: number): () => number {
  return dealer(DECK, randomFrom(seed));
}
