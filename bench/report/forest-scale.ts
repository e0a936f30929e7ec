/**
 * The scale of a forest plot, the same wherever it is drawn.
 *
 * Invariants: as far from no change lies a factor as its inverse (a logarithmic scale of the ratio);
 * every estimate and upright line is within the scale, and neither a wide interval nor a stray round
 * presses them flat: these are cut at the sides.
 */
import type { ForestRow } from './document.js';
import { formatChange } from './format.js';

export interface ForestScale {
  /** Shares at the sides. */
  readonly low: number;
  readonly high: number;
  /** Shares that are written at the scale, ascending. */
  readonly ticks: readonly number[];
  /** From 0 at the left to 1 at the right; beyond the sides it is that side. */
  placeOf(share: number): number;
  /** Whether it lies within. */
  holds(share: number): boolean;
}

/** Intervals reach so many times as far from no change as the estimates and lines. */
const MAX_INTERVAL = 2;
/** Rounds reach beyond that by this share of the width. */
const MAX_STRAY = 0.25;
const MARGIN = 0.04;
const MAX_TICKS = 6;
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** Where the scale holds more than a doubling. */
const WIDE_TICKS = [-0.95, -0.9, -0.75, -0.5, 0, 1, 3, 9, 29, 99];

/** Chooses the scale by all rows. */
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

/** A place of the scale in words, such as '+5 %'. */
export function formatShare(share: number): string {
  return formatChange(share).replace('.0 %', ' %');
}

/** A share of -1 would be a time of nothing, infinitely far to the left. */
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
