/**
 * The printed report of `bench payload`: one table for each way and number in flight.
 *
 * Invariants: at most 80 columns; below every figure the range of its rounds.
 */
import { describeLimits } from '../../limits.js';
import { formatFigure } from '../../terminal/format.js';
import type { Paint } from '../../terminal/paint.js';
import { spreadRows } from '../../terminal/spread.js';
import { drawTable } from '../../terminal/table.js';
import { wrap } from '../../terminal/wrap.js';
import { PAYLOAD_ARMS, type Way } from './arms.js';
import type { PayloadPointResult, PayloadResult } from './result.js';

/** The lines of the report. */
export function reportPayload(result: PayloadResult, paint: Paint): string[] {
  const { settings, points } = result;
  const spreads = points.flatMap(({ arms }) => arms.map(({ jobsPerSecond }) => jobsPerSecond));
  return [
    '',
    ...wrap(
      `Bytes there and back on ${settings.threads} threads: jobs per second, the median of the rounds and ` +
        'below it the least and the most of them',
    ),
    ...settings.ways.flatMap((way) =>
      settings.inFlight.flatMap((inFlight) =>
        drawPoints(
          way,
          inFlight,
          points.filter((point) => point.way === way && point.inFlight === inFlight),
          paint,
        ),
      ),
    ),
    '',
    ...describeLimits(spreads, result).flatMap((line) => wrap(line)),
  ];
}

function drawPoints(
  way: Way,
  inFlight: number,
  points: readonly PayloadPointResult[],
  paint: Paint,
): string[] {
  const rows = [
    ...PAYLOAD_ARMS.flatMap((arm) =>
      spreadRows(
        arm,
        points.map(({ arms }) => arms.find((each) => each.arm === arm)?.jobsPerSecond),
        formatFigure,
        paint,
      ),
    ),
    ...PAYLOAD_ARMS.filter((arm) => arm !== 'millrace').flatMap((arm) =>
      spreadRows(
        `millrace ÷ ${arm}`,
        points.map(({ ratios }) => ratios.find(({ to }) => to === arm)?.ratio),
        formatFigure,
        paint,
      ),
    ),
  ];
  const sizes = points.map(({ size }) => size.replace(/(?=[KM]B)/, ' '));
  return [
    '',
    `${way}, ${inFlight === 1 ? 'one after the other' : `${inFlight} in flight`}:`,
    '',
    ...drawTable({ head: ['', ...sizes], rows }, paint),
  ];
}
