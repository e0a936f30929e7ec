/**
 * What a result of `bench payload` says: one table for each way and number in flight.
 *
 * Invariant: beside every figure stands the range of its rounds.
 */
import {
  type Block,
  type Document,
  heading,
  type NamedFigure,
  spreadRow,
  text,
} from '../../report/document.js';
import { describeLimits } from '../../harness/limits.js';
import { formatFigure } from '../../report/format.js';
import { PAYLOAD_ARMS, type Way } from './arms.js';
import type { PayloadPointResult, PayloadResult } from './result.js';

/** For a person. */
export function describePayload(result: PayloadResult): Document {
  const { settings, points } = result;
  const spreads = points.flatMap(({ arms }) => arms.map(({ jobsPerSecond }) => jobsPerSecond));
  return {
    title: 'Payload: bytes there and back',
    blocks: [
      text(
        `On ${settings.threads} threads: jobs per second, the median of the rounds and below it the least and the most of them.`,
      ),
      ...settings.ways.flatMap((way) =>
        settings.inFlight.flatMap((inFlight) =>
          describePoints(
            way,
            inFlight,
            points.filter((point) => point.way === way && point.inFlight === inFlight),
          ),
        ),
      ),
      ...describeLimits(spreads, result).map((line) => text(line)),
    ],
  };
}

function describePoints(
  way: Way,
  inFlight: number,
  points: readonly PayloadPointResult[],
): Block[] {
  const arms = PAYLOAD_ARMS.filter((arm) =>
    points.some((point) => point.arms.some((each) => each.arm === arm)),
  );
  if (arms.length === 0) return [];
  const rows = [
    ...arms.map((arm) =>
      spreadRow(
        arm,
        points.map((point) => point.arms.find((each) => each.arm === arm)?.jobsPerSecond),
        formatFigure,
      ),
    ),
    ...arms
      .filter((arm) => points.some(({ ratios }) => ratios.some(({ to }) => to === arm)))
      .map((arm) =>
        spreadRow(
          `millrace ÷ ${arm}`,
          points.map(({ ratios }) => ratios.find(({ to }) => to === arm)?.ratio),
          formatFigure,
        ),
      ),
  ];
  const sizes = points.map(({ size }) => size.replace(/(?=[KM]B)/, ' '));
  return [heading(titleOf(way, inFlight)), { kind: 'table', head: ['', ...sizes], rows }];
}

function titleOf(way: Way, inFlight: number): string {
  const count = inFlight === 1 ? 'one after the other' : `${inFlight} in flight`;
  return `${way === 'cloned' ? 'Cloned' : 'Transferred'}, ${count}`;
}

/** For a comparison with another run. */
export function payloadFigures({ points }: PayloadResult): NamedFigure[] {
  return points.flatMap(({ way, size, inFlight, arms, ratios }): NamedFigure[] => {
    const at = `${size} ${way}, ${inFlight} in flight`;
    return [
      ...arms.map(({ arm, jobsPerSecond }): NamedFigure => ({
        ...jobsPerSecond,
        name: `${at}: ${arm}`,
        unit: 'perSecond',
        better: 'more',
      })),
      ...ratios.map(({ to, ratio }): NamedFigure => ({
        ...ratio,
        name: `${at}: millrace ÷ ${to}`,
        unit: 'ratio',
        better: 'more',
      })),
    ];
  });
}
