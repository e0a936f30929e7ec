/**
 * Estimates the slope of a noisy line by the method of Theil and Sen: the median of the slopes between any two
 * points, which outliers, such as a garbage collection, hardly affect.
 *
 * Invariants: no distribution of the noise is assumed, but the points are taken as independent: if neighbors resemble
 * each other, the interval is too narrow. Pairs of points with the same x have no slope and are left out.
 */
import { median } from './statistics.js';

/** A point of the line. */
export type PlanePoint = readonly [x: number, y: number];

/** A slope and its confidence interval. */
export interface Slope {
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/** The quantile of the normal distribution with 2.5 % above it, for a 95 % confidence interval. */
const NORMAL_975 = 1.959963984540054;

/**
 * Returns the slope with its interval; undefined if no two points differ in x. Cost: that of sorting n² ÷ 2 slopes.
 *
 * Source: P. K. Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63 (1968), 1379–1389: the
 * variance of Kendall's S with its correction for ties (equation 2.6), the interval from the ordered slopes (section
 * 4), for many points by the normal approximation.
 *
 * @param quantile - The quantile of the normal distribution with half of the error above it; default: that for 95 %.
 */
export function theilSen(
  points: readonly PlanePoint[],
  quantile: number = NORMAL_975,
): Slope | undefined {
  const slopes = slopesBetween(points).toSorted((a, b) => a - b);
  const slope = median(slopes);
  if (slope === undefined) return undefined;
  const reach = quantile * Math.sqrt(varianceOfS(points));
  const low = Math.max(0, Math.round((slopes.length - reach) / 2) - 1);
  const high = Math.min(slopes.length - 1, Math.round((slopes.length + reach) / 2));
  return { slope, low: slopes[low] as number, high: slopes[high] as number };
}

function slopesBetween(points: readonly PlanePoint[]): number[] {
  return points.flatMap(([x, y], at) =>
    points.slice(at + 1).flatMap(([otherX, otherY]) => {
      return otherX === x ? [] : [(otherY - y) / (otherX - x)];
    }),
  );
}

/** Variance of Kendall's S = (rising pairs) − (falling pairs), if y does not depend on x. */
function varianceOfS(points: readonly PlanePoint[]): number {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return Math.max(0, (termOf(points.length) - tiesIn(xs) - tiesIn(ys)) / 18);
}

function termOf(count: number): number {
  return count * (count - 1) * (2 * count + 5);
}

function tiesIn(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + termOf(count), 0);
}
