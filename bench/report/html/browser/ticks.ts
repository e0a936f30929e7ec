/**
 * What stands at an axis: at which distances, and in which words.
 *
 * Invariant: runs in a browser and in Node alike.
 */
import type { Unit } from '../../document.js';
import { formatUnit } from '../../format.js';

const MB = 1024 ** 2;

/** A tick's value in its unit, without zeros that say nothing: '1.50 ms' as '1.5 ms', '0.00 s' as '0'. */
export function formatTick(value: number, unit: Unit): string {
  if (value === 0) return '0';
  return formatUnit(value, unit).replace(/(\.\d*?)0+(?!\d)/, (_, kept: string) =>
    kept === '.' ? '' : kept,
  );
}

/** Where the ticks of an axis of percentiles are: p50, then each nine more. */
const PERCENTILES = [2, 10, 100, 1000, 10_000, 100_000];

/** 2 as 'p50', 20 as 'p95', 1000 as 'p99.9': one in so many is above it. */
export function formatPercentile(oneIn: number): string {
  return `p${Number((100 - 100 / oneIn).toPrecision(6))}`;
}

/** Those of the ticks that lie on the axis. */
export function percentileTicks(min: number, max: number): number[] {
  return PERCENTILES.filter((tick) => tick >= min && tick <= max);
}

/** Distances between ticks; none has a tick that its text would round. */
export function incrementsOf(unit: Unit): number[] {
  if (unit === 'bytes') return Array.from({ length: 24 }, (_, power) => MB * 2 ** power);
  const smallest = unit === 'count' ? 0 : -3;
  return Array.from({ length: 13 }, (_, at) => at + smallest).flatMap((power) =>
    [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
  );
}
