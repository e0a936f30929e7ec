/**
 * The scale of a timeline, the same wherever it is drawn.
 *
 * Invariant: the highest value is within the scale, and the ceiling where that does not press the
 * values flat.
 */
import type { TimelineBlock } from './document.js';

/** A ceiling further above the highest curve than this would press them all flat. */
const MAX_HEADROOM = 6;
const HEADROOM_WITHOUT_CEILING = 1.2;

/** What lies at the top of a timeline, and whether its ceiling lies below that. */
export interface TimelineScale {
  readonly top: number;
  readonly isCeilingInScale: boolean;
}

/** Chooses the scale by the highest value of all series. */
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
