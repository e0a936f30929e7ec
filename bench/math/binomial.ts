/**
 * Computes the exact interval of Clopper and Pearson for a proportion, such as that of false alarms among gates that
 * were run on identical code.
 *
 * Invariant: the interval contains the true proportion with at least the requested confidence, even if nothing or
 * everything was counted, or if the trials are few.
 */

export interface ShareInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * Returns the interval of a proportion after `successes` in `trials`; without trials it is 0 to 1.
 *
 * Cost: about 60 sums of `trials` terms.
 *
 * Source: C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits illustrated in the case of the
 * binomial, Biometrika 26 (1934), 404–413.
 *
 * @param successes - An integer from 0 to `trials`.
 * @param confidence - Between 0 and 1, half of the error on each side; default: 0.95.
 */
export function clopperPearson(
  successes: number,
  trials: number,
  confidence: number = 0.95,
): ShareInterval {
  const error = (1 - confidence) / 2;
  return {
    low: lowerLimit(successes, trials, error),
    high: 1 - lowerLimit(trials - successes, trials, error),
  };
}

/** Returns the proportion at which this many successes or more have the probability `error`. */
function lowerLimit(successes: number, trials: number, error: number): number {
  if (successes === 0) return 0;
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    // There is no number left between the two.
    if (middle <= low || middle >= high) return middle;
    if (probabilityOfAtLeast(successes, trials, middle) < error) low = middle;
    else high = middle;
  }
}

/** Upper tail of the binomial distribution; its terms are computed relative to the largest one. */
export function probabilityOfAtLeast(least: number, trials: number, share: number): number {
  const odds = share / (1 - share);
  const mode = Math.min(trials, Math.floor((trials + 1) * share));
  let [inside, outside] = [0, 0];
  const add = (count: number, weight: number): void => {
    if (count >= least) inside += weight;
    else outside += weight;
  };
  let weight = 1;
  for (let count = mode; count <= trials && weight > 0; count += 1) {
    add(count, weight);
    weight *= ((trials - count) / (count + 1)) * odds;
  }
  weight = 1;
  for (let count = mode; count > 0 && weight > 0; count -= 1) {
    weight *= count / (trials - count + 1) / odds;
    add(count - 1, weight);
  }
  return inside / (inside + outside);
}
