/**
 * Derives the rate at which a p99 holds from the measured latencies, and rounds rates to the precision of a
 * promise.
 *
 * Invariant: pure arithmetic on measured values; latencies are those of the worst round.
 */
import type { LoadResult } from '../measure/figures.js';

/** A rate derived from the measured latencies. */
export interface CurveRate {
  readonly ratePerSecond: number;
  /** The part of the curve that gave it. */
  readonly how: string;
}

/**
 * Finds the rate at which the measured p99 of the worst round crosses the wanted one; undefined if no load below
 * 1 was measured.
 */
export function rateByCurve(
  loads: readonly LoadResult[],
  wantedP99Ms: number,
): CurveRate | undefined {
  const curve = loads.filter(({ load }) => load < 1).toSorted((a, b) => a.load - b.load);
  const above = curve.findIndex(({ p99 }) => p99.max > wantedP99Ms);
  const lowest = curve[0];
  if (lowest === undefined) return undefined;
  if (above === 0) {
    return {
      ratePerSecond: lowest.ratePerSecond.median / 2,
      how: 'half of the lowest load, at which it did not hold',
    };
  }
  const last = curve.at(-1) as LoadResult;
  if (above < 0)
    return { ratePerSecond: last.ratePerSecond.median, how: 'it held at all loads below 1' };
  const [left, right] = [curve[above - 1] as LoadResult, curve[above] as LoadResult];
  const [from, to] = [Math.log(left.p99.max), Math.log(right.p99.max)];
  const part = (Math.log(wantedP99Ms) - from) / (to - from);
  const [low, high] = [left.ratePerSecond.median, right.ratePerSecond.median];
  return {
    ratePerSecond: low + part * (high - low),
    how: 'between two loads',
  };
}

/** Rounds down to two significant digits, the precision of a promise. */
export function roundDown(rate: number): number {
  if (!(rate > 0)) return 0;
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 1);
  return Number((Math.floor(rate / unit + 1e-9) * unit).toPrecision(2));
}
