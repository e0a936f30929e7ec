/**
 * Determines the ticks of an axis: their distances and their labels.
 *
 * Invariant: runs both in a browser and in Node.
 */
import type { Unit } from '../../document.js';
import { formatUnit } from '../../format.js';

const MB = 1024 ** 2;

/** Formats a tick's value with its unit, without trailing zeros: '1.50 ms' as '1.5 ms', '0.00 s' as '0'. */
export function formatTick(value: number, unit: Unit): string {
  if (value === 0) return '0';
  return formatUnit(value, unit).replace(/(\.\d*?)0+(?!\d)/, (_, kept: string) =>
    kept === '.' ? '' : kept,
  );
}

/** Ticks of a percentile axis: p50, then one more nine each. */
const PERCENTILES = [2, 10, 100, 1000, 10_000, 100_000];

/** Formats 2 as 'p50', 20 as 'p95', 1000 as 'p99.9': one value in `oneIn` lies above it. */
export function formatPercentile(oneIn: number): string {
  return `p${Number((100 - 100 / oneIn).toPrecision(6))}`;
}

/** The percentile ticks that lie on the axis. */
export function percentileTicks(min: number, max: number): number[] {
  return PERCENTILES.filter((tick) => tick >= min && tick <= max);
}

/** Distances between ticks, chosen so that no tick's label is rounded. */
export function incrementsOf(unit: Unit): number[] {
  if (unit === 'bytes') return Array.from({ length: 24 }, (_, power) => MB * 2 ** power);
  const smallest = unit === 'count' ? 0 : -3;
  return Array.from({ length: 13 }, (_, at) => at + smallest).flatMap((power) =>
    [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
  );
}
