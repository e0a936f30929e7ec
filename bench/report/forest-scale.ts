/**
 * Computes the scale of a forest plot, the same wherever it is drawn.
 *
 * Invariants: a factor and its inverse lie equally far from no change (a logarithmic scale of the ratio); every
 * estimate and vertical line is within the scale, and neither a wide interval nor a stray round flattens them: these
 * are cut off at the sides.
 */
import type { ForestRow } from './document.js';
import { formatChange } from './format.js';

export interface ForestScale {
  /** Shares at the two sides. */
  readonly low: number;
  readonly high: number;
  /** Shares labeled on the scale, ascending. */
  readonly ticks: readonly number[];
  /** Place of a share, from 0 at the left to 1 at the right; shares beyond the sides are moved to them. */
  placeOf(share: number): number;
  /** Whether a share lies within the scale. */
  holds(share: number): boolean;
}

/** The scale includes intervals up to this multiple of the largest distance of an estimate or line from no change. */
const MAX_INTERVAL = 2;
/** The scale includes rounds beyond that, up to this share of its width. */
const MAX_STRAY = 0.25;
const MARGIN = 0.04;
const MAX_TICKS = 6;
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** Ticks of a scale that is too wide for equal steps. */
const WIDE_TICKS = [-0.95, -0.9, -0.75, -0.5, 0, 1, 3, 9, 29, 99];

/** Fits the scale to all rows. */
export function forestScaleOf(rows: readonly ForestRow[]): ForestScale {
  const core = [0, ...rows.flatMap(({ estimate, marks }) => [estimate, ...marks])].map(logOf);
  const reach = MAX_INTERVAL * Math.max(...core.map(Math.abs));
  const ends = rows.flatMap(({ low, high }) => [low, high].map(logOf));
  const inner = [...core, ...ends.map((end) => Math.max(-reach, Math.min(reach, end)))];
  const [least, most] = [Math.min(...inner), Math.max(...inner)];
  const stray = MAX_STRAY * (most - least);
  const strays = rows.flatMap(({ rounds }) => rounds.map(logOf));
  const left = Math.min(least, ...strays.map((each) => Math.max(least - stray, each)));
  const right = Math.max(most, ...strays.map((each) => Math.min(most + stray, each)));
  const margin = MARGIN * (right - left) || MARGIN;
  const [from, to] = [left - margin, right + margin];
  const [low, high] = [Math.expm1(from), Math.expm1(to)];
  return {
    low,
    high,
    ticks: ticksOf(low, high),
    placeOf: (share) => Math.max(0, Math.min(1, (logOf(share) - from) / (to - from))),
    holds: (share) => share >= low && share <= high,
  };
}

/** Formats a share on the scale, such as '+5 %'. */
export function formatShare(share: number): string {
  return formatChange(share).replace('.0 %', ' %');
}

/** A share of −1 (no time at all) would lie infinitely far to the left. */
function logOf(share: number): number {
  return Math.log1p(Math.max(-0.999, share));
}

function ticksOf(low: number, high: number): number[] {
  const step = STEPS.find((each) => (high - low) / each <= MAX_TICKS);
  if (step === undefined) return WIDE_TICKS.filter((tick) => tick >= low && tick <= high);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, at) => (first + at) * step);
}
