/**
 * Computes the scale of a bar chart, the same wherever it is drawn.
 *
 * Invariants: all bars, their ranges, the mark and the values of `scaleHolds` lie within the scale. Bars of amounts
 * start at zero, because they are compared by length. Bars of ratios start at 1 on a logarithmic scale: a bar of
 * twice as much is as long as one of half as much, on the other side, and a ratio of 50 does not flatten one of 1.2.
 */
import type { BarsBlock } from './document.js';

export interface BarScale {
  /** Start of the bars, from 0 at the left to 1 at the right. */
  readonly base: number;
  /** Place of a value, from 0 at the left to 1 at the right. */
  placeOf(value: number): number;
}

/** Margin at the ends of a scale of ratios, as a share of its extent. */
const MARGIN = 0.04;
/** Smaller ratios, such as 0, are drawn as this one, because a logarithmic scale can't show them. */
const LEAST_RATIO = 1e-3;

/** Fits the scale to everything that it has to contain. */
export function barScaleOf({
  axis,
  mark,
  bars,
  scaleHolds = [],
}: Omit<BarsBlock, 'kind' | 'title'>): BarScale {
  const values = [
    ...bars.flatMap(({ figure }) => [figure.min, figure.median, figure.max]),
    ...(mark === undefined ? [] : [mark.value]),
    ...scaleHolds,
  ];
  if (axis.unit !== 'ratio') {
    const top = Math.max(0, ...values) || 1;
    return { base: 0, placeOf: (value) => within(value / top) };
  }
  const logs = [0, ...values.map(logOf)];
  const [least, most] = [Math.min(...logs), Math.max(...logs)];
  const margin = MARGIN * (most - least) || MARGIN;
  const [from, to] = [least < 0 ? least - margin : 0, most + margin];
  const placeOf = (value: number): number => within((logOf(value) - from) / (to - from));
  return { base: placeOf(1), placeOf };
}

function logOf(ratio: number): number {
  return Math.log(Math.max(LEAST_RATIO, ratio));
}

function within(share: number): number {
  return Math.max(0, Math.min(1, share));
}
