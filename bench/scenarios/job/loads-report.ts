/**
 * Describes the open-loop loads: latencies by load, how the arrivals ended, and memory.
 *
 * Invariants: metrics come with the range of their rounds; the report says so if a percentile rests on too few
 * jobs, the generator was too slow or the machine's speed changed.
 */
import {
  type Block,
  type CurvesBlock,
  heading,
  PERCENTILE_AXIS,
  spreadCell,
  spreadRow,
  text,
} from '../../report/document.js';
import {
  formatCount,
  formatFigure,
  formatMegabytes,
  formatPercent,
  formatUnit,
} from '../../report/format.js';
import { widthOfSpread } from '../../math/series.js';
import { LOAD_PERCENTILES, type LoadResult, type SaturationResult } from './measure/figures.js';
import type { JobResult } from './result.js';

/** Below this share of the scheduled arrivals, the generator did not hold its rate. */
const HELD_RATE = 0.99;
/** A throughput that changed by more than this factor is reported. */
const DRIFT = 1.3;
/** A p99 whose range exceeds this share of its median is reported. */
const NOISY = 0.2;
/** With fewer jobs than this, a p99 rests on fewer than ten of them. */
const ENOUGH_FOR_P99 = 1000;
/** Positions of the charted percentiles (p50 to p99.9) on the axis. */
const SHARES = [0.5, 0.95, 0.99, 0.999] as const;

/** Describes the loads for humans; no blocks if none was measured. */
export function describeLoads({ loads, overloadBacklog, chosen }: JobResult): Block[] {
  if (loads.length === 0) return [];
  const few = loads.filter(({ endings }) => endings.served < ENOUGH_FOR_P99);
  const late = Math.max(...loads.map(({ latenessP99 }) => latenessP99));
  // Omit a column that is 0 in every row.
  const hasFailed = loads.some(({ failedShare }) => failedShare.max > 0);
  return [
    heading('Arrivals: response time from scheduled arrival (ms)'),
    {
      kind: 'table',
      groups: [{ title: 'response time (ms)', columns: 5 }],
      head: ['load', 'p50', 'p95', 'p99', 'p99.9', 'max'],
      rows: loads.map((each) =>
        spreadRow(
          formatPercent(each.load),
          LOAD_PERCENTILES.map((percentile) => each[percentile]),
          formatFigure,
        ),
      ),
    },
    {
      kind: 'table',
      head: [
        'load',
        'arrivals/s',
        'served',
        ...(hasFailed ? ['failed'] : []),
        'rejected',
        'peak memory',
      ],
      rows: loads.map((each) => [
        formatPercent(each.load),
        spreadCell(each.ratePerSecond, formatFigure),
        formatCount(each.endings.served),
        ...(hasFailed ? [spreadCell(each.failedShare, formatPercent)] : []),
        spreadCell(each.refusedShare, formatPercent),
        spreadCell(each.peakBytes, formatMegabytes),
      ]),
    },
    text(
      'The load is the share of the max throughput that the same process had just before. Arrivals are ' +
        'independent (Poisson), and latency counts from the scheduled arrival (no coordinated omission). ' +
        'Below the max throughput the backlog is unbounded; above, ' +
        `it holds ${formatCount(overloadBacklog ?? 0)} jobs, and arrivals that find it full are rejected ` +
        "(overflow: 'reject'), which keeps the latency of the others bounded. The load generator was up to " +
        `${formatFigure(late)} ms late (p99), which is included.`,
      'faint',
    ),
    ...(few.length === 0
      ? []
      : [
          text(
            `At ${few.map(({ load }) => formatPercent(load)).join(', ')} fewer than ${formatCount(ENOUGH_FOR_P99)} ` +
              'jobs were served: their p99 rests on a handful of them, and p99.9 is the max. Increase --seconds.',
          ),
        ]),
    ...loads
      .filter(({ sentShare }) => sentShare < HELD_RATE)
      .map(({ load, sentShare }) =>
        text(
          `At ${formatPercent(load)} the generator could not hold its rate: as little as ` +
            `${formatPercent(sentShare)} of the arrivals were made.`,
        ),
      ),
    ...describeNoise(loads),
    ...describeDrift(loads, chosen),
    drawLatencies(loads),
  ];
}

/** Reports a wide range of the p99, which rests on few jobs and varies more than a throughput. */
function describeNoise(loads: readonly LoadResult[]): Block[] {
  const widest = Math.max(...loads.map(({ p99 }) => widthOfSpread(p99)));
  if (widest <= NOISY) return [];
  return [text(`Between rounds the p99 differs by up to ${formatPercent(widest)} of its median.`)];
}

/** Reports a change of the machine's speed since the max throughput was measured, on which the advice rests. */
function describeDrift(
  loads: readonly LoadResult[],
  chosen: SaturationResult | undefined,
): Block[] {
  const first = chosen?.jobsPerSecond.median ?? 0;
  const later = loads.map(({ saturationPerSecond }) => saturationPerSecond);
  const [least, most] = [
    Math.min(...later.map(({ min }) => min)),
    Math.max(...later.map(({ max }) => max)),
  ];
  if (least >= first / DRIFT && most <= first * DRIFT) return [];
  return [
    text(
      `The machine's speed changed: the max throughput was ${formatUnit(first, 'perSecond')} at first and ` +
        `from ${formatUnit(least, 'perSecond')} to ${formatUnit(most, 'perSecond')} before the arrivals. Other ` +
        'programs are running; take the results with caution.',
    ),
  ];
}

function drawLatencies(loads: readonly LoadResult[]): CurvesBlock {
  return {
    kind: 'curves',
    title: 'Latency by percentile and load',
    x: PERCENTILE_AXIS,
    y: { label: 'latency', unit: 'milliseconds', scale: 'log' },
    series: loads.map((each) => ({
      name: `${formatPercent(each.load)} of max throughput`,
      points: SHARES.map((share, at) => {
        const percentile = LOAD_PERCENTILES[at] as (typeof LOAD_PERCENTILES)[number];
        return [share, each[percentile].median] as const;
      }),
    })),
  };
}
