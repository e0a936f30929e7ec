/**
 * Determines when the arrivals of an open loop are due, counted from its start.
 *
 * Invariants: the times are known before the loop starts and are the same for the same rate, duration and seed, so
 * that all variants get the same arrivals; they never decrease; there is at least one.
 */

export interface Arrivals {
  readonly total: number;
  /** Time at which all arrivals are due. */
  readonly endUs: number;
  /** Time at which arrival n is due; the first one is number 0. */
  at(n: number): number;
  /** Number of arrivals that are due by then. */
  dueBy(elapsedUs: number): number;
}

/** Evenly spaced arrivals, 1 ÷ rate apart. */
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

/** Independent arrivals: the times between them are exponentially distributed. */
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

/** Counts the sorted values that are not greater than the limit (binary search). */
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
