/**
 * Computes waiting times of a pool by queueing theory: m slots that serve s jobs per second in all, and
 * independent arrivals (Poisson).
 *
 * Sources: Erlang's C formula for the share of arrivals that wait; Allen and Cunneen's approximation for the
 * mean wait in G/G/m (A. O. Allen, "Probability, Statistics, and Queueing Theory", 1990; for m = 1 it is
 * Kingman's formula); Little's law L = λW (J. D. C. Little, 1961). The wait of those that wait is taken as
 * exponential, which is exact for M/M/m and otherwise holds for high loads (Kingman 1962).
 *
 * Invariant: pure functions; times in milliseconds, rates per second.
 */

/** A pool as the formulas model it. */
export interface Station {
  readonly slots: number;
  /** Throughput of all slots together at saturation. */
  readonly saturationPerSecond: number;
  /** Standard deviation ÷ mean of the service time. */
  readonly variation: number;
}

/** Returns the share of arrivals that find all slots busy (Erlang C). @param load - λ ÷ saturation, below 1. */
export function shareThatWaits(slots: number, load: number): number {
  const offered = slots * load;
  // Erlang B by recursion, which does not overflow.
  let blocked = 1;
  for (let each = 1; each <= slots; each += 1) {
    blocked = (offered * blocked) / (each + offered * blocked);
  }
  return blocked / (1 - load * (1 - blocked));
}

/** Returns the mean wait of all arrivals (Allen–Cunneen). */
export function meanWaitMs(station: Station, ratePerSecond: number): number {
  const { slots, saturationPerSecond, variation } = station;
  const load = ratePerSecond / saturationPerSecond;
  if (load >= 1) return Infinity;
  const drainMs = 1000 / (saturationPerSecond - ratePerSecond);
  return shareThatWaits(slots, load) * drainMs * ((1 + variation ** 2) / 2);
}

/** Returns the p99 of the wait of all arrivals. */
export function p99WaitMs(station: Station, ratePerSecond: number): number {
  const { slots, saturationPerSecond } = station;
  const load = ratePerSecond / saturationPerSecond;
  if (load >= 1) return Infinity;
  const waiting = shareThatWaits(slots, load);
  if (waiting <= 0.01) return 0;
  return (meanWaitMs(station, ratePerSecond) / waiting) * Math.log(waiting / 0.01);
}

/** Returns the highest rate at which the p99 of the wait is within `waitMs`; 0 if there is none. */
export function rateForP99Wait(station: Station, waitMs: number): number {
  if (waitMs < 0) return 0;
  let [low, high] = [0, station.saturationPerSecond];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (p99WaitMs(station, middle) <= waitMs) low = middle;
    else high = middle;
  }
  return low;
}

/** Returns how many jobs drain within a time (Little's law). */
export function jobsThatDrain(saturationPerSecond: number, ms: number): number {
  return Math.max(0, Math.floor((saturationPerSecond * ms) / 1000));
}
