/**
 * The printed report of `bench tail`: throughput at saturation, then the latencies at each rate.
 *
 * Invariants: at most 80 columns; below every figure the range of its rounds; a generator that could
 * not hold its rate is told.
 */
import type { Figure } from '../../figures.js';
import { describeLimits } from '../../limits.js';
import { formatCount, formatFigure, formatPercent } from '../../terminal/format.js';
import type { Paint } from '../../terminal/paint.js';
import { spreadRows } from '../../terminal/spread.js';
import { drawTable } from '../../terminal/table.js';
import { wrap } from '../../terminal/wrap.js';
import { LONG_US, SHORT_US } from './mix.js';
import { type LoadResult, PERCENTILES, type TailResult, type ViewResult } from './result.js';
import { SATURATED_IN_FLIGHT } from './settings.js';

/** Below this share of the intended arrivals a generator did not hold its rate. */
const HELD_RATE = 0.99;
const TITLES: Readonly<Record<string, string>> = {
  'short total': 'short jobs, until their result was there (ms)',
  'short wait': 'short jobs, until they began on a thread (ms)',
  'all total': 'all jobs, until their result was there (ms)',
};
const HEAD = ['p50', 'p95', 'p99', 'p99.9', 'max'];

/** The lines of the report. */
export function reportTail(result: TailResult, paint: Paint): string[] {
  const { settings, loads } = result;
  const spreads = loads.flatMap(({ views }) =>
    views.flatMap(({ peers }) => peers.map(({ p99 }) => p99)),
  );
  return [
    '',
    ...wrap(
      `99 % of the jobs take ${SHORT_US} µs, 1 % take ${LONG_US / 1000} ms, on ${settings.threads} threads. ` +
        'Figures are medians of the rounds, below them the least and the most of them.',
    ),
    ...drawSaturation(result, paint),
    ...loads.flatMap((load) => drawLoad(load, result, paint)),
    '',
    ...describeLimits(spreads, result).flatMap((line) => wrap(line)),
  ];
}

function drawSaturation({ saturation }: TailResult, paint: Paint): string[] {
  const rows = saturation.flatMap(({ peer, jobsPerSecond, shareOfCeiling }) => {
    const [middle, range] = spreadRows(peer, [jobsPerSecond], formatCount, paint);
    const [share, shareRange] = spreadRows('', [shareOfCeiling], formatFigure, paint);
    return [
      [...(middle ?? []), ...(share ?? []).slice(1)],
      [...(range ?? []), ...(shareRange ?? []).slice(1)],
    ];
  });
  return [
    '',
    ...wrap(`At saturation, ${SATURATED_IN_FLIGHT} jobs in flight:`),
    '',
    ...drawTable({ head: ['', 'jobs/s', 'of the ceiling'], rows }, paint),
  ];
}

function drawLoad(load: LoadResult, { reference }: TailResult, paint: Paint): string[] {
  const title =
    `${formatCount(load.ratePerSecond)} jobs per second arrive, ${formatPercent(load.load)} of what ` +
    `${reference ?? 'the best'} does at saturation`;
  const latest = Math.max(0, ...load.latenessP99.map(({ ms }) => ms));
  return [
    '',
    ...wrap(paint('title', title)),
    ...load.views.flatMap((view) => drawView(view, paint)),
    '',
    ...wrap(
      `The load generator was at most ${formatFigure(latest)} ms late (p99), which is included.`,
    ),
    ...(load.sentShare < HELD_RATE
      ? wrap(
          `It could not hold its rate: as little as ${formatPercent(load.sentShare)} of the arrivals were made.`,
        )
      : []),
  ];
}

function drawView({ jobs, until, peers, toBestPool }: ViewResult, paint: Paint): string[] {
  const title = TITLES[`${jobs} ${until}`];
  if (title === undefined || peers.length === 0) return [];
  const row = (label: string, figures: ReadonlyArray<Figure | undefined>) =>
    spreadRows(label, figures, formatFigure, paint);
  const ratios = PERCENTILES.map((percentile) => toBestPool[percentile]?.ratio);
  const rows = [
    ...peers.flatMap((each) =>
      row(
        each.peer,
        PERCENTILES.map((percentile) => each[percentile]),
      ),
    ),
    ...(ratios.some((ratio) => ratio !== undefined) ? row('÷ best pool', ratios) : []),
  ];
  const best = toBestPool.p99?.peer;
  return [
    '',
    `${title}:`,
    '',
    ...drawTable({ head: ['', ...HEAD], rows }, paint),
    ...(best === undefined ? [] : [`The best pool by its p99: ${best}.`]),
  ];
}
