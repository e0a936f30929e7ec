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

/** Distances between ticks; none has a tick that its text would round. */
export function incrementsOf(unit: Unit): number[] {
  if (unit === 'bytes') return Array.from({ length: 24 }, (_, power) => MB * 2 ** power);
  const smallest = unit === 'count' ? 0 : -3;
  return Array.from({ length: 13 }, (_, at) => at + smallest).flatMap((power) =>
    [1, 2, 5].map((digit) => Number(`${digit}e${power}`)),
  );
}
