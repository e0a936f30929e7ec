/**
 * What a result of `bench tail` says: throughput at saturation, then the latencies at each rate.
 *
 * Invariants: beside every figure stands the range of its rounds; a generator that could not hold its
 * rate is told.
 */
import {
  type Block,
  type Document,
  heading,
  named,
  type NamedFigure,
  spreadCell,
  spreadRow,
  text,
} from '../../report/document.js';
import { describeLimits } from '../../harness/limits.js';
import { formatCount, formatFigure, formatPercent } from '../../report/format.js';
import { LONG_US, SHORT_US } from './mix.js';
import { type LoadResult, PERCENTILES, type TailResult, type ViewResult } from './result.js';
import { SATURATED_IN_FLIGHT } from './settings.js';

/** Below this share of the intended arrivals a generator did not hold its rate. */
const HELD_RATE = 0.99;
const TITLES: Readonly<Record<string, string>> = {
  'short total': 'Short jobs, until their result was there (ms):',
  'short wait': 'Short jobs, until they began on a thread (ms):',
  'all total': 'All jobs, until their result was there (ms):',
};
const HEAD = ['p50', 'p95', 'p99', 'p99.9', 'max'];
/** Where the percentiles lie on the axis of a chart: one in so many jobs takes longer. */
const ONE_IN = [2, 20, 100, 1000] as const;

/** For a person. */
export function describeTail(result: TailResult): Document {
  const { settings, loads } = result;
  const spreads = loads.flatMap(({ views }) =>
    views.flatMap(({ peers }) => peers.map(({ p99 }) => p99)),
  );
  return {
    title: 'Tail: short jobs among a few long ones',
    blocks: [
      text(
        `99 % of the jobs take ${SHORT_US} µs, 1 % take ${LONG_US / 1000} ms, on ${settings.threads} threads. ` +
          'Figures are medians of the rounds, below them the least and the most of them.',
      ),
      ...describeSaturation(result),
      ...loads.flatMap((load) => describeLoad(load, result)),
      ...describeLimits(spreads, result).map((line) => text(line)),
    ],
  };
}

function describeSaturation({ saturation }: TailResult): Block[] {
  const rows = saturation.map(({ peer, jobsPerSecond, shareOfCeiling }) => [
    peer,
    spreadCell(jobsPerSecond, formatCount),
    spreadCell(shareOfCeiling, formatFigure),
  ]);
  return [
    heading(`At saturation, ${SATURATED_IN_FLIGHT} jobs in flight`),
    { kind: 'table', head: ['', 'jobs/s', 'of the ceiling'], rows },
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
      `The load generator was at most ${formatFigure(latest)} ms late (p99), which is included.`,
      'faint',
    ),
    ...(load.sentShare < HELD_RATE
      ? [
          text(
            `It could not hold its rate: as little as ${formatPercent(load.sentShare)} of the arrivals were made.`,
          ),
        ]
      : []),
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
      ? [spreadRow('÷ best pool', ratios, formatFigure)]
      : []),
  ];
  const best = toBestPool.p99?.peer;
  return [
    text(title),
    { kind: 'table', head: ['', ...HEAD], rows },
    ...(best === undefined ? [] : [text(`The best pool by its p99: ${best}.`, 'faint')]),
    {
      kind: 'curves',
      title: `${title.slice(0, -' (ms):'.length)}, by percentile`,
      x: { label: 'one job in so many takes longer', unit: 'count', scale: 'log' },
      y: { label: 'latency', unit: 'milliseconds', scale: 'log' },
      series: peers.map((each) => ({
        name: each.peer,
        points: ONE_IN.map((one, at) => {
          const percentile = PERCENTILES[at] as (typeof PERCENTILES)[number];
          return [one, each[percentile].median] as const;
        }),
      })),
    },
  ];
}

/** For a comparison with another run. */
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
