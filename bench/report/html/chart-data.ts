/**
 * Converts a timeline or curves to the data that the page's script reads (`browser/chart-contract.ts`).
 *
 * Invariants: all series share one row of ascending x values, with `null` where a series has no value; a long
 * timeline is thinned, but keeps the highest and the lowest value of every span; values that a logarithmic axis can't
 * show are left out.
 */
import type { Axis, CurvesBlock, TimelineBlock } from '../document.js';
import { scaleOf } from '../timeline.js';
import type { ChartAxis, ChartData, Look } from './browser/chart-contract.js';

type Point = readonly [x: number, y: number];

/** More points than this can't be distinguished on a screen. */
const MAX_POINTS = 600;
/** Space above the highest value. */
const HEADROOM = 1.06;

/** Converts a timeline. */
export function timelineData(block: TimelineBlock, looks: readonly Look[]): ChartData {
  const { axis, seconds, ceiling, series } = block;
  const { top, isCeilingInScale } = scaleOf(block);
  const lines = series.map(({ samples, endSeconds }) => {
    const points = samples.map(({ seconds: at, value }) => [at, value] as const);
    const last = points.at(-1);
    // The last value continues to the end of the series.
    const end = last !== undefined && endSeconds > last[0] ? [[endSeconds, last[1]] as const] : [];
    return thin([...points, ...end]);
  });
  const lastSeconds = Math.max(seconds, ...lines.map((points) => points.at(-1)?.[0] ?? 0));
  return {
    x: { unit: 'seconds', isLog: false, min: 0, max: round(lastSeconds) },
    y: { unit: axis.unit, isLog: false, min: 0, max: round(top * HEADROOM) },
    columns: align(lines),
    looks,
    hasPoints: false,
    ...(ceiling && isCeilingInScale && { ceiling }),
    crosses: series.flatMap(({ isCutShort }, at) => {
      const end = lines[at]?.at(-1);
      return isCutShort && end !== undefined
        ? [{ series: at, x: round(end[0]), y: round(end[1]) }]
        : [];
    }),
  };
}

/** Converts curves. */
export function curvesData({ x, y, series }: CurvesBlock, looks: readonly Look[]): ChartData {
  const lines = series.map(({ points }) =>
    points
      .filter((point) => canShow(point[0], x) && canShow(point[1], y))
      .map((point) => [valueOn(x, point[0]), valueOn(y, point[1])] as const)
      .toSorted((a, b) => a[0] - b[0]),
  );
  const all = lines.flat();
  return {
    x: curveAxis(
      x,
      all.map((point) => point[0]),
    ),
    y: startAtZero(
      curveAxis(
        y,
        all.map((point) => point[1]),
      ),
    ),
    columns: align(lines),
    looks,
    hasPoints: true,
    crosses: [],
  };
}

function canShow(value: number, { scale }: Axis): boolean {
  if (scale === 'percentile') return value >= 0 && value < 1;
  return Number.isFinite(value) && (scale !== 'log' || value > 0);
}

/** On a percentile axis a share lies at x if one value in x is above it. */
function valueOn({ scale }: Axis, value: number): number {
  return scale === 'percentile' ? 1 / (1 - value) : value;
}

function curveAxis({ unit, scale }: Axis, values: readonly number[]): ChartAxis {
  const isPercentile = scale === 'percentile';
  const isLog = scale === 'log' || isPercentile;
  const [min, max] =
    values.length === 0 ? [isLog ? 1 : 0, 1] : [Math.min(...values), Math.max(...values)];
  // An axis needs an extent.
  return {
    unit,
    isLog,
    ...(isPercentile && { isPercentile }),
    min: round(min),
    max: round(max > min ? max : max * 2 || 1),
  };
}

/** A linear axis shows amounts, which are compared by length. */
function startAtZero(axis: ChartAxis): ChartAxis {
  const max = round(axis.max * HEADROOM);
  return axis.isLog || axis.min < 0 ? axis : { ...axis, min: 0, max };
}

function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const span = Math.ceil(points.length / (MAX_POINTS / 2));
  const kept = new Set([0, points.length - 1]);
  for (let from = 0; from < points.length; from += span) {
    const places = points.slice(from, from + span).map((_, at) => from + at);
    const byValue = places.toSorted((a, b) => valueAt(points, a) - valueAt(points, b));
    for (const place of [byValue[0], byValue.at(-1)]) if (place !== undefined) kept.add(place);
  }
  return points.filter((_, at) => kept.has(at));
}

function valueAt(points: readonly Point[], place: number): number {
  return points[place]?.[1] ?? 0;
}

function align(lines: ReadonlyArray<readonly Point[]>): (number | null)[][] {
  const rounded = lines.map((points) => new Map(points.map(([x, y]) => [round(x), round(y)])));
  const xs = [...new Set(rounded.flatMap((points) => [...points.keys()]))].toSorted(
    (a, b) => a - b,
  );
  return [xs, ...rounded.map((points) => xs.map((x) => points.get(x) ?? null))];
}

/** Rounds to five digits: more can't be seen, and would only make the page large. */
function round(value: number): number {
  return Number(value.toPrecision(5));
}
