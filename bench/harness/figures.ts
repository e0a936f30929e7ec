/**
 * Summarizes the metrics of a comparison: the value of every round, their median and range, and how millrace
 * compares.
 *
 * Invariant: the best of the other pools is the one with the best median; the ratio to it is taken within each round,
 * not between two medians.
 */
import { isOtherPool, type PeerName } from '../peers/index.js';
import { bestOf, ratiosWithin, type Series, type Spread, spreadOf } from '../math/series.js';

/** The values of a metric in the order of the rounds, with their median and range. */
export interface Figure extends Spread {
  readonly rounds: readonly number[];
}

/** Millrace ÷ another peer. */
export interface Comparison {
  readonly peer: PeerName;
  readonly ratio: Figure;
}

/** With fewer rounds than this no difference is claimed: they agree by chance too often. */
export const LEAST_ROUNDS = 3;

/**
 * Decides which side is greater: all rounds have to agree. Without any difference, n rounds agree by chance once in
 * 2^(n - 1) times (a sign test). Undefined if they disagree, or if there are fewer than three.
 */
export function claimOf({ min, max, rounds }: Figure): 'more' | 'less' | undefined {
  if (rounds.length < LEAST_ROUNDS) return undefined;
  if (min > 1) return 'more';
  return max < 1 ? 'less' : undefined;
}

/** Undefined if there is no value. */
export function figureOf(series: Series): Figure | undefined {
  const spread = spreadOf(series.values());
  return spread && { ...spread, rounds: [...series.values()] };
}

/** Converts a metric to another unit. */
export function scaleFigure({ median, min, max, rounds }: Figure, factor: number): Figure {
  return {
    median: median * factor,
    min: min * factor,
    max: max * factor,
    rounds: rounds.map((value) => value * factor),
  };
}

/** Millrace ÷ one peer; undefined if either has no value. */
export function compareTo(
  peer: PeerName | undefined,
  figures: ReadonlyMap<PeerName, Series>,
): Comparison | undefined {
  const own = figures.get('millrace');
  const other = peer && figures.get(peer);
  if (peer === undefined || own === undefined || other === undefined) return undefined;
  const ratio = figureOf(ratiosWithin(own, other));
  return ratio && { peer, ratio };
}

/** Millrace ÷ the best of the other pools. */
export function compareToBestPool(
  figures: ReadonlyMap<PeerName, Series>,
  isBetter: 'more' | 'less',
): Comparison | undefined {
  return compareTo(bestOtherPool(figures, isBetter), figures);
}

/** The other pool with the best median. */
export function bestOtherPool(
  figures: ReadonlyMap<PeerName, Series>,
  isBetter: 'more' | 'less',
): PeerName | undefined {
  return bestOf(
    [...figures].filter(([peer]) => isOtherPool(peer)),
    isBetter,
  );
}
