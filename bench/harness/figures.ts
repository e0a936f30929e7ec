/**
 * Figures of a comparison as a result has them: every round, what they come to, and how millrace
 * compares.
 *
 * Invariant: the best of the other pools is the one with the best median; the ratio to it is taken
 * within rounds and not between two medians.
 */
import { isOtherPool, type PeerName } from '../peers/index.js';
import { bestOf, ratiosWithin, type Series, type Spread, spreadOf } from '../math/series.js';

/** A figure of every round, in their order, and what they come to. */
export interface Figure extends Spread {
  readonly rounds: readonly number[];
}

/** Millrace ÷ another peer. */
export interface Comparison {
  readonly peer: PeerName;
  readonly ratio: Figure;
}

/** With fewer rounds than this nothing is claimed: they agree by chance too often. */
export const LEAST_ROUNDS = 3;

/**
 * Which side is greater, as far as the rounds can tell: all of them have to agree. Of n rounds with no
 * difference at all that happens once in 2^(n - 1) (a sign test); undefined where they don't, or are
 * fewer than three.
 */
export function claimOf({ min, max, rounds }: Figure): 'more' | 'less' | undefined {
  if (rounds.length < LEAST_ROUNDS) return undefined;
  if (min > 1) return 'more';
  return max < 1 ? 'less' : undefined;
}

/** Undefined where there is no figure. */
export function figureOf(series: Series): Figure | undefined {
  const spread = spreadOf(series.values());
  return spread && { ...spread, rounds: [...series.values()] };
}

/** A figure in another unit. */
export function scaleFigure({ median, min, max, rounds }: Figure, factor: number): Figure {
  return {
    median: median * factor,
    min: min * factor,
    max: max * factor,
    rounds: rounds.map((value) => value * factor),
  };
}

/** Millrace ÷ one peer; undefined where one of them has no figure. */
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

/** The best of the pools that are not millrace. */
export function bestOtherPool(
  figures: ReadonlyMap<PeerName, Series>,
  isBetter: 'more' | 'less',
): PeerName | undefined {
  return bestOf(
    [...figures].filter(([peer]) => isOtherPool(peer)),
    isBetter,
  );
}
