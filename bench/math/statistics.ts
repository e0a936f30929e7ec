/**
 * Provides the statistics that the experiments share, as pure functions.
 *
 * Invariant: no function changes its input; without values the result is undefined, never NaN.
 */

/** A value measured at a point in time. */
export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

/** The middle value; of an even number of values the mean of the two middle ones. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** The arithmetic mean. */
export function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of the samples taken at `fromSeconds <= t < toSeconds`. */
export function meanBetween(
  samples: readonly Sample[],
  fromSeconds: number,
  toSeconds: number,
): number | undefined {
  return mean(
    samples
      .filter(({ seconds }) => seconds >= fromSeconds && seconds < toSeconds)
      .map(({ value }) => value),
  );
}

/** The development of a value: its means over the second and the last third of a run. */
export interface Trend {
  readonly secondThird: number;
  readonly lastThird: number;
  /** lastThird ÷ secondThird − 1; 0.1 is a growth of 10 %. */
  readonly change: number;
}

/** Computes the trend of a run; undefined if either third has no sample, or if the mean of the second third is 0. */
export function trend(samples: readonly Sample[], seconds: number): Trend | undefined {
  const secondThird = meanBetween(samples, seconds / 3, (seconds * 2) / 3);
  const lastThird = meanBetween(samples, (seconds * 2) / 3, Infinity);
  if (secondThird === undefined || lastThird === undefined || secondThird === 0) return undefined;
  return { secondThird, lastThird, change: lastThird / secondThird - 1 };
}
