/**
 * Decides whether the machine was steady enough for advice: compares the max throughputs of the chosen setting,
 * which was measured again before each load.
 *
 * Rule: their middle half may span 20 % of their median. A single disturbance does not move a quartile, which
 * stays valid until a quarter of the measurements are disturbed (its breakdown point: P. J. Huber, Robust
 * Statistics, 1981); quartiles are interpolated between order statistics (definition 7 of R. J. Hyndman and Y.
 * Fan, The American Statistician 50, 1996).
 */
import type { LoadResult, SaturationResult } from '../measure/figures.js';

export interface Steadiness {
  /** Number of max throughputs of the chosen setting. */
  readonly measurements: number;
  readonly min: number;
  readonly max: number;
  /** Interquartile range ÷ median. */
  readonly spread: number;
  /** True if there are enough measurements to tell. */
  readonly isKnown: boolean;
  /** Also true if that is unknown. */
  readonly isSteady: boolean;
}

/** Max width of the middle half, as a share of the median. */
export const MAX_SPREAD = 0.2;
/** With fewer measurements there are no quartiles. */
const MIN_MEASUREMENTS = 4;

export function steadinessOf(chosen: SaturationResult, loads: readonly LoadResult[]): Steadiness {
  const rates = [
    ...chosen.jobsPerSecond.rounds,
    // Above the max throughput the pool differs: its backlog is bounded.
    ...loads
      .filter(({ load }) => load < 1)
      .flatMap(({ saturationPerSecond }) => saturationPerSecond.rounds),
  ].toSorted((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(rates, share)) as [
    number,
    number,
    number,
  ];
  const spread = (high - low) / middle;
  return {
    measurements: rates.length,
    min: rates[0] as number,
    max: rates.at(-1) as number,
    spread,
    isKnown: rates.length >= MIN_MEASUREMENTS,
    isSteady: rates.length < MIN_MEASUREMENTS || spread <= MAX_SPREAD,
  };
}

/** Interpolates a quantile of values in ascending order. */
function quantile(values: readonly number[], share: number): number {
  const position = (values.length - 1) * share;
  const [lower, upper] = [Math.floor(position), Math.ceil(position)].map(
    (at) => values[at] as number,
  ) as [number, number];
  return lower + (position - Math.floor(position)) * (upper - lower);
}
