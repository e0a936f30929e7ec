/**
 * What stands at an axis: at which distances, and in which words.
 *
 * Invariant: runs in a browser and in Node alike.
 */
import type { Unit } from '../../document.js';
import { formatUnit } from '../../terminal/format.js';

const MB = 1024 ** 2;

/** A tick's value in its unit, without zeros that say nothing: '1.50 ms' as '1.5 ms', '0.00 s' as '0'. */
export function formatTick(value: number, unit: Unit): string {
  if (value === 0) return '0';
  return formatUnit(value, unit).replace(/(\.\d*?)0+(?!\d)/, (_, kept: string) =>
    kept === '.' ? '' : kept,
  );
}

/** Distances between ticks that suit a unit; undefined where those of decimal numbers do. */
export function incrementsOf(unit: Unit): number[] | undefined {
  if (unit === 'bytes') return Array.from({ length: 24 }, (_, power) => MB * 2 ** power);
  if (unit !== 'count') return undefined;
  return Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();
}
