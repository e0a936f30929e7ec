/**
 * Computes the scale of a timeline, the same wherever it is drawn.
 *
 * Invariant: the highest value is within the scale, and so is the limit (`ceiling`) unless it would flatten the
 * curves.
 */
import type { TimelineBlock } from './document.js';

/** A limit above this multiple of the highest value would flatten the curves. */
const MAX_HEADROOM = 6;
const HEADROOM_WITHOUT_CEILING = 1.2;

/** The value at the top of a timeline, and whether the limit is within the scale. */
export interface TimelineScale {
  readonly top: number;
  readonly isCeilingInScale: boolean;
}

/** Fits the scale to the highest value of all series. */
export function scaleOf({
  series,
  ceiling,
}: Pick<TimelineBlock, 'series' | 'ceiling'>): TimelineScale {
  const highest = series.reduce(
    (most, { samples }) => samples.reduce((top, { value }) => Math.max(top, value), most),
    0,
  );
  const isCeilingInScale = ceiling !== undefined && ceiling.value <= highest * MAX_HEADROOM;
  const top = isCeilingInScale
    ? Math.max(ceiling.value, highest)
    : highest * HEADROOM_WITHOUT_CEILING;
  return { top: top || 1, isCeilingInScale };
}
