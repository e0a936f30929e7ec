/**
 * Figures that were measured several times, as text: the middle, and how far they are apart.
 *
 * Invariant: no middle is shown without its range.
 */
import type { Spread } from '../series.js';
import type { Paint } from './paint.js';

/** Two rows of a table: the middles, and below them their ranges, such as '14.8–15.3'. */
export function spreadRows(
  label: string,
  spreads: ReadonlyArray<Spread | undefined>,
  format: (value: number) => string,
  paint: Paint,
): string[][] {
  return [
    [label, ...spreads.map((spread) => (spread === undefined ? '-' : format(spread.median)))],
    [
      '',
      ...spreads.map((spread) =>
        spread === undefined ? '' : paint('faint', `${format(spread.min)}–${format(spread.max)}`),
      ),
    ],
  ];
}
