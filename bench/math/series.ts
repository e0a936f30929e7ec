/**
 * What an arm gave round by round, and how two arms compare.
 *
 * Invariant: a ratio is taken between figures of the same round, which were measured next to each
 * other, so that a drift of the machine cancels out; a round that lacks one of them has none.
 */
import { median } from './statistics.js';

/** A figure for each round in which there is one. */
export type Series = ReadonlyMap<number, number>;

/** The middle of some figures, and how far they are apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Undefined where there is no figure. */
export function spreadOf(figures: Iterable<number>): Spread | undefined {
  const values = [...figures];
  const middle = median(values);
  if (middle === undefined) return undefined;
  return { median: middle, min: Math.min(...values), max: Math.max(...values) };
}

/** One arm ÷ another, in each round that has both. */
export function ratiosWithin(arm: Series, other: Series): Series {
  const ratios = new Map<number, number>();
  for (const [round, figure] of arm) {
    const divisor = other.get(round);
    if (divisor !== undefined && divisor !== 0) ratios.set(round, figure / divisor);
  }
  return ratios;
}

/** The arm whose median is the greatest (or the least); undefined where none has a figure. */
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

/** How far the figures are apart, as a share of their middle. */
export function widthOfSpread({ median: middle, min, max }: Spread): number {
  return middle === 0 ? 0 : (max - min) / middle;
}
