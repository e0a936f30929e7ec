/**
 * When the arrivals of an open loop are due, counted from its start.
 *
 * Invariants: known before the loop starts and the same for the same rate, time and seed, so that all
 * arms meet the same arrivals; never decreasing; there is at least one.
 */

export interface Arrivals {
  readonly total: number;
  /** When all of them are due. */
  readonly endUs: number;
  /** When arrival n is due; the first one is number 0. */
  at(n: number): number;
  /** How many are due by then. */
  dueBy(elapsedUs: number): number;
}

/** One arrival every 1 ÷ rate. */
export function evenArrivals(ratePerSecond: number, seconds: number): Arrivals {
  const spacingUs = 1e6 / ratePerSecond;
  const total = Math.max(1, Math.round(ratePerSecond * seconds));
  return {
    total,
    endUs: total * spacingUs,
    at: (n) => n * spacingUs,
    dueBy: (elapsedUs) => Math.max(0, Math.min(total, Math.floor(elapsedUs / spacingUs) + 1)),
  };
}

/** Arrivals that know nothing of each other: the time between two is exponential. */
export function poissonArrivals(
  ratePerSecond: number,
  seconds: number,
  random: () => number,
): Arrivals {
  const endUs = seconds * 1e6;
  const times: number[] = [];
  for (let atUs = 0; atUs < endUs || times.length === 0;) {
    times.push(atUs);
    atUs -= (Math.log(1 - random()) * 1e6) / ratePerSecond;
  }
  return {
    total: times.length,
    endUs,
    at: (n) => times[n] as number,
    dueBy: (elapsedUs) => countUpTo(times, elapsedUs),
  };
}

/** How many of the sorted values are no greater (binary search). */
function countUpTo(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
