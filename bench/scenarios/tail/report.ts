/**
 * Describes the result of `bench tail`: throughput at saturation, then the latencies at each rate.
 *
 * Invariants: metrics come with the range of their rounds; a generator that could not hold its rate is reported.
 */
import {
  type Block,
  type Document,
  heading,
  named,
  type NamedFigure,
  PERCENTILE_AXIS,
  spreadCell,
  spreadRow,
  text,
} from '../../report/document.js';
import { describeClaims } from '../../harness/claims.js';
import { describeLimits } from '../../harness/limits.js';
import { formatCount, formatFigure, formatPercent } from '../../report/format.js';
import { arrivalsOf } from '../../load/endings.js';
import { LONG_US, SHORT_US } from './mix.js';
import { type LoadResult, PERCENTILES, type TailResult, type ViewResult } from './result.js';
import { SATURATED_IN_FLIGHT } from './settings.js';

/** Below this share of the scheduled arrivals, the generator did not hold its rate. */
const HELD_RATE = 0.99;
const TITLES: Readonly<Record<string, string>> = {
  'short total': 'Short jobs, until their result arrived:',
  'short wait': 'Short jobs, until they started on a thread:',
  'all total': 'All jobs, until their result arrived:',
};
const HEAD = ['p50', 'p95', 'p99', 'p99.9', 'max'];
/** Positions of the charted percentiles (p50 to p99.9) on the axis. */
const SHARES = [0.5, 0.95, 0.99, 0.999] as const;

/** Describes the result for humans. */
export function describeTail(result: TailResult): Document {
  const { settings, loads } = result;
  const spreads = loads.flatMap(({ views }) =>
    views.flatMap(({ peers }) => peers.map(({ p99 }) => p99)),
  );
  return {
    title: 'Tail: short jobs among a few long ones',
    blocks: [
      ...loads.flatMap(concludeLoad).map((sentence) => text(sentence, 'point')),
      ...describeLimits(spreads, result).map((line) => text(line)),
      text(
        `99 % of the jobs take ${SHORT_US} µs, 1 % take ${LONG_US / 1000} ms, on ${settings.threads} threads. ` +
          'Values are medians of the rounds, with min–max below them.',
      ),
      ...describeSaturation(result),
      ...loads.flatMap((load) => describeLoad(load, result)),
    ],
  };
}

/** Concludes from the p99 of short jobs, the metric this scenario is about. */
function concludeLoad({ load, ratePerSecond, views }: LoadResult): string[] {
  const p99 = views.find(({ jobs, until }) => jobs === 'short' && until === 'total')?.toBestPool
    .p99;
  if (p99 === undefined) return [];
  const rate = `${formatCount(ratePerSecond)} jobs/s (${formatPercent(load)} of saturation)`;
  const at = `At ${rate} the p99 of short jobs`;
  return describeClaims([{ at: '', ratio: p99.ratio }], {
    less: `${at} is shorter with millrace than with the best other pool (${p99.peer})`,
    more: `${at} is longer with millrace than with the best other pool (${p99.peer})`,
    open: `whether at ${rate} the p99 of short jobs is shorter with millrace or with ${p99.peer}`,
  });
}

function describeSaturation({ saturation }: TailResult): Block[] {
  const rows = saturation.map(({ peer, jobsPerSecond, shareOfCeiling }) => [
    peer,
    spreadCell(jobsPerSecond, formatCount),
    spreadCell(shareOfCeiling, formatFigure),
  ]);
  return [
    heading(`At saturation, ${SATURATED_IN_FLIGHT} jobs in flight`),
    { kind: 'table', head: ['pool', 'throughput (jobs/s)', 'of the max (share)'], rows },
  ];
}

function describeLoad(load: LoadResult, { reference }: TailResult): Block[] {
  const latest = Math.max(0, ...load.latenessP99.map(({ ms }) => ms));
  return [
    heading(
      `${formatCount(load.ratePerSecond)} jobs per second arrive, ${formatPercent(load.load)} of what ` +
        `${reference ?? 'the best'} does at saturation`,
    ),
    ...load.views.flatMap((view) => describeView(view)),
    text(
      `The load generator was up to ${formatFigure(latest)} ms late (p99), which is included.`,
      'faint',
    ),
    ...load.endings.flatMap((each) => describeUnserved(each)),
    ...(load.sentShare < HELD_RATE
      ? [
          text(
            `It could not hold its rate: as little as ${formatPercent(load.sentShare)} of the arrivals were made.`,
          ),
        ]
      : []),
  ];
}

/** Reports arrivals that were not served; the latencies don't include them. */
function describeUnserved({ peer, ...endings }: LoadResult['endings'][number]): Block[] {
  const arrivals = arrivalsOf(endings);
  if (endings.served === arrivals) return [];
  const { failed, refused } = endings;
  return [
    text(
      `Of ${formatCount(arrivals)} arrivals at ${peer} ${formatCount(failed)} failed and ` +
        `${formatCount(refused)} were rejected; its latencies are those of the others.`,
    ),
  ];
}

function describeView({ jobs, until, peers, toBestPool }: ViewResult): Block[] {
  const title = TITLES[`${jobs} ${until}`];
  if (title === undefined || peers.length === 0) return [];
  const ratios = PERCENTILES.map((percentile) => toBestPool[percentile]?.ratio);
  const rows = [
    ...peers.map((each) =>
      spreadRow(
        each.peer,
        PERCENTILES.map((percentile) => each[percentile]),
        formatFigure,
      ),
    ),
    ...(ratios.some((ratio) => ratio !== undefined)
      ? [spreadRow('÷ best pool (×)', ratios, formatFigure)]
      : []),
  ];
  const best = toBestPool.p99?.peer;
  return [
    text(title),
    {
      kind: 'table',
      groups: [{ title: 'latency (ms)', columns: HEAD.length }],
      head: ['pool', ...HEAD],
      rows,
    },
    ...(best === undefined ? [] : [text(`The best pool by its p99: ${best}.`, 'faint')]),
    {
      kind: 'curves',
      title: `${title.slice(0, -1)}, by percentile`,
      x: PERCENTILE_AXIS,
      y: { label: 'latency', unit: 'milliseconds', scale: 'log' },
      series: peers.map((each) => ({
        name: each.peer,
        points: SHARES.map((share, at) => {
          const percentile = PERCENTILES[at] as (typeof PERCENTILES)[number];
          return [share, each[percentile].median] as const;
        }),
      })),
    },
  ];
}

/** Lists the metrics for a comparison with another run. */
export function tailFigures({ saturation, loads }: TailResult): NamedFigure[] {
  return [
    ...saturation.map(({ peer, jobsPerSecond }): NamedFigure => ({
      ...jobsPerSecond,
      name: `saturation: ${peer}`,
      unit: 'perSecond',
      better: 'more',
    })),
    ...loads.flatMap(({ load, views }) =>
      views.flatMap(({ jobs, until, peers }) =>
        peers.flatMap((each) =>
          PERCENTILES.map((percentile) =>
            named(
              each[percentile],
              `${formatPercent(load)}, ${jobs} jobs, ${until}, ${percentile}: ${each.peer}`,
              'milliseconds',
              'less',
            ),
          ),
        ),
      ),
    ),
  ];
}
