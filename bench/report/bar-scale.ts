/**
 * The scale of a chart of bars, the same wherever it is drawn.
 *
 * Invariants: all bars, their ranges, the mark and what else it has to hold are within. Bars of amounts
 * start at zero, as they compare by their length. Bars of ratios start at 1 on a logarithmic scale: twice as
 * much is as long as half as much, on the other side, and a ratio of 50 does not press one of 1.2 flat.
 */
import type { BarsBlock } from './document.js';

export interface BarScale {
  /** Where bars start, from 0 at the left to 1 at the right. */
  readonly base: number;
  /** Of a value, from 0 at the left to 1 at the right. */
  placeOf(value: number): number;
}

/** Room beyond the ends of a scale of ratios, as a share of it. */
const MARGIN = 0.04;
/** A ratio that a logarithmic scale can't show. */
const LEAST_RATIO = 1e-3;

/** Chooses the scale by all that it has to hold. */
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
