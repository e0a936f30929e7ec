/**
 * Holds the values of a variant round by round, and compares two variants.
 *
 * Invariant: a ratio is taken between values of the same round, which were measured next to each other, so that a
 * drift of the machine cancels out; a round that lacks either value has no ratio.
 */
import { median } from './statistics.js';

/** A value for each round that has one. */
export type Series = ReadonlyMap<number, number>;

/** The median and range of some values. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Undefined if there is no value. */
export function spreadOf(figures: Iterable<number>): Spread | undefined {
  const values = [...figures];
  const middle = median(values);
  if (middle === undefined) return undefined;
  return { median: middle, min: Math.min(...values), max: Math.max(...values) };
}

/** One variant ÷ another, in each round that has both. */
export function ratiosWithin(arm: Series, other: Series): Series {
  const ratios = new Map<number, number>();
  for (const [round, figure] of arm) {
    const divisor = other.get(round);
    if (divisor !== undefined && divisor !== 0) ratios.set(round, figure / divisor);
  }
  return ratios;
}

/** The variant with the highest (or lowest) median; undefined if none has a value. */
export function bestOf<Arm>(
  arms: Iterable<readonly [Arm, Series]>,
  isBetter: 'more' | 'less',
): Arm | undefined {
  let best: { readonly arm: Arm; readonly figure: number } | undefined;
  for (const [arm, series] of arms) {
    const figure = median([...series.values()]);
    if (figure === undefined) continue;
    const isBest =
      best === undefined || (isBetter === 'more' ? figure > best.figure : figure < best.figure);
    if (isBest) best = { arm, figure };
  }
  return best?.arm;
}

/** The range of the values, as a share of their median. */
export function widthOfSpread({ median: middle, min, max }: Spread): number {
  return middle === 0 ? 0 : (max - min) / middle;
}
