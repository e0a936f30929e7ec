/**
 * The printed report of `bench sparse`: one table for each pattern.
 *
 * Invariants: at most 80 columns; below every figure the range of its rounds.
 */
import { describeLimits } from '../../limits.js';
import { formatFigure } from '../../terminal/format.js';
import type { Paint } from '../../terminal/paint.js';
import { spreadRows } from '../../terminal/spread.js';
import { drawTable } from '../../terminal/table.js';
import { wrap } from '../../terminal/wrap.js';
import type { PatternResult, SparseResult } from './result.js';
import {
  BURST_EVERY_MS,
  BURST_JOBS,
  type Pattern,
  SINGLE_EVERY_MS,
  type SparseSettings,
} from './settings.js';

const HEADS: Readonly<Record<Pattern, readonly string[]>> = {
  single: ['median'],
  burst: ['median', 'p99', 'all done'],
};

/** The lines of the report. */
export function reportSparse(result: SparseResult, paint: Paint): string[] {
  const spreads = result.patterns.flatMap(({ arms }) =>
    arms.flatMap(({ figures }) => figures.map(({ ms }) => ms)),
  );
  return [
    ...result.patterns.flatMap((pattern) => drawPattern(pattern, result.settings, paint)),
    '',
    ...describeLimits(spreads, result).flatMap((line) => wrap(line)),
  ];
}

function drawPattern(
  { pattern, arms }: PatternResult,
  { threads }: SparseSettings,
  paint: Paint,
): string[] {
  const what =
    pattern === 'single'
      ? `One job every ${SINGLE_EVERY_MS} ms on ${threads} threads: its latency in ms`
      : `${BURST_JOBS} jobs at once every ${BURST_EVERY_MS} ms on ${threads} threads: their latencies, and ` +
        'the time until all are done, in ms';
  const measured = arms.filter(({ figures }) => figures.length > 0);
  const rows = [
    ...measured.flatMap(({ arm, figures }) =>
      spreadRows(
        arm,
        figures.map(({ ms }) => ms),
        formatFigure,
        paint,
      ),
    ),
    ...measured
      .filter(({ figures }) => figures.some(({ toPiscina }) => toPiscina))
      .flatMap(({ arm, figures }) =>
        spreadRows(
          `${arm} ÷ piscina`,
          figures.map(({ toPiscina }) => toPiscina),
          formatFigure,
          paint,
        ),
      ),
  ];
  return [
    '',
    ...wrap(`${what}; medians of the rounds, below them the least and the most of them`),
    '',
    ...drawTable({ head: ['', ...HEADS[pattern]], rows }, paint),
  ];
}
