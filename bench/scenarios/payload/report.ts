/**
 * Describes the result of `bench payload`: one table for each way and number in flight.
 *
 * Invariant: metrics come with the range of their rounds.
 */
import {
  type Block,
  type Document,
  heading,
  type NamedFigure,
  spreadRow,
  text,
} from '../../report/document.js';
import { describeClaims } from '../../harness/claims.js';
import { describeLimits } from '../../harness/limits.js';
import { formatFigure } from '../../report/format.js';
import { PAYLOAD_ARMS, type Way } from './arms.js';
import type { PayloadPointResult, PayloadResult } from './result.js';

/** Describes the result for humans. */
export function describePayload(result: PayloadResult): Document {
  const { settings, points } = result;
  const spreads = points.flatMap(({ arms }) => arms.map(({ jobsPerSecond }) => jobsPerSecond));
  return {
    title: 'Payload: bytes there and back',
    blocks: [
      ...conclude(points).map((sentence) => text(sentence, 'point')),
      ...describeLimits(spreads, result).map((line) => text(line)),
      text(
        `Throughput on ${settings.threads} threads, by the size of the input and of the result: medians of the rounds, with min–max below them.`,
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
    ],
  };
}

/** States what the rounds agree on, for each of the other variants. */
function conclude(points: readonly PayloadPointResult[]): string[] {
  return PAYLOAD_ARMS.flatMap((arm) => {
    const compared = points.flatMap(({ way, size, inFlight, ratios }) =>
      ratios
        .filter(({ to }) => to === arm)
        .map(({ ratio }) => ({ at: `${spaced(size)} ${way} (${inFlight} in flight)`, ratio })),
    );
    return describeClaims(compared, {
      more: `millrace is faster than ${arm}`,
      less: `${arm} is faster than millrace`,
      open: `which is faster, millrace or ${arm},`,
      where: (names) => `at ${names}`,
    });
  });
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
          `millrace ÷ ${arm} (×)`,
          points.map(({ ratios }) => ratios.find(({ to }) => to === arm)?.ratio),
          formatFigure,
        ),
      ),
  ];
  const sizes = points.map(({ size }) => spaced(size));
  return [
    heading(titleOf(way, inFlight)),
    {
      kind: 'table',
      groups: [{ title: 'jobs/s', columns: sizes.length }],
      head: ['payload', ...sizes],
      rows,
    },
  ];
}

/** Formats '64KB' as '64 KB'. */
function spaced(size: string): string {
  return size.replace(/(?=[KM]B)/, ' ');
}

function titleOf(way: Way, inFlight: number): string {
  const count = inFlight === 1 ? 'one after the other' : `${inFlight} in flight`;
  return `${way === 'cloned' ? 'Cloned' : 'Transferred'}, ${count}`;
}

/** Lists the metrics for a comparison with another run. */
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
