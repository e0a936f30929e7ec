/**
 * The jobs of `bench tail`: nearly all short, one in a hundred a thousand times as long.
 *
 * Invariant: every thousand jobs hold exactly ten long ones; where among them is the seed's choice,
 * and the same for every arm.
 */
import { dealer, randomFrom } from '../../math/random.js';

export const SHORT_US = 20;
export const LONG_US = 20_000;
const DECK = Array.from({ length: 1000 }, (_, index) => (index < 10 ? LONG_US : SHORT_US));

/** How long a job takes on average. */
export const MEAN_US: number = DECK.reduce((sum, us) => sum + us, 0) / DECK.length;

/** Deals the lengths of the jobs, one by one, forever. */
export function dealJobs(seed: number): () => number {
  return dealer(DECK, randomFrom(seed));
}
