/**
 * Describes the result of `bench soak`: the conclusions, the run in up to ten parts, and the timelines.
 *
 * Invariant: the warm-up is shown, and the text says which part of the run it is.
 */
import {
  type Block,
  type Document,
  type NamedFigure,
  oneFigure,
  type TableBlock,
  text,
  type TimelineBlock,
  type TimelineSeries,
  type Unit,
} from '../../report/document.js';
import { describeCourse } from '../../harness/limits.js';
import { type Spread, spreadOf } from '../../math/series.js';
import { formatFigure, formatSeconds, formatUnit } from '../../report/format.js';
import { measuredWindows, type SoakResult } from './result.js';
import { LOAD } from './settings.js';
import { describeSlope, drawConclusions, PART_NAMES } from './verdict.js';
import type { MemoryUse, SoakWindow } from './window.js';

const TABLE_ROWS = 10;
const MB = 1024 ** 2;

/** Describes the result for humans. */
export function describeSoak(result: SoakResult): Document {
  const { windows } = result;
  const limits = describeCourse(result);
  return {
    title: 'Soak: a constant load on one pool',
    blocks: [
      ...(windows.length === 0
        ? []
        : drawConclusions(result).map((sentence) => text(sentence, 'point'))),
      ...limits.map((line) => text(line)),
      ...(windows.length === 0 ? [] : describeRun(result)),
    ],
  };
}

function describeRun(result: SoakResult): Block[] {
  return [
    text(describeLoad(result)),
    windowsTable(result),
    text(
      'Medians of the windows in each part; latency from the scheduled start of a job. Heap and external are of ' +
        'the main thread; the RSS includes the threads.',
      'faint',
    ),
    memoryChart(result),
    timesChart(result),
    throughputChart(result),
  ];
}

function describeLoad({ settings, ratePerSecond, saturation, warmUpSeconds }: SoakResult): string {
  const { job, threads } = settings;
  const share =
    saturation === undefined
      ? ''
      : `, ${LOAD * 100} % of the ${formatUnit(saturation, 'count')} that it does at saturation`;
  return (
    `${job.title} on ${threads} threads; ${formatUnit(ratePerSecond ?? 0, 'perSecond')} arrive at even ` +
    `intervals${share}. The first ${formatSeconds(warmUpSeconds)} are warm-up and excluded from the slopes.`
  );
}

function windowsTable({ windows }: SoakResult): TableBlock {
  const size = Math.ceil(windows.length / TABLE_ROWS);
  const parts = Array.from({ length: Math.ceil(windows.length / size) }, (_, at) =>
    windows.slice(at * size, (at + 1) * size),
  );
  return {
    kind: 'table',
    groups: [
      { title: 'jobs', columns: 4 },
      { title: 'loop', columns: 1 },
      { title: 'memory (MB)', columns: 3 },
    ],
    head: [
      'until (s)',
      'jobs/s',
      'p50 (ms)',
      'p99 (ms)',
      'max (ms)',
      'p99 (ms)',
      'RSS',
      'heap',
      'external',
    ],
    rows: parts.map((part) => {
      const of = (pick: (window: SoakWindow) => number): string =>
        formatFigure(spreadOf(part.map(pick))?.median ?? 0);
      return [
        String(Number((part.at(-1)?.toSeconds ?? 0).toFixed(1))),
        of(rateOf),
        of(({ latency }) => latency.p50),
        of(({ latency }) => latency.p99),
        of(({ latency }) => latency.max),
        of(({ loopDelay }) => loopDelay.p99),
        of(({ memory }) => memory.rss / MB),
        of(({ memory }) => memory.heapUsed / MB),
        of(({ memory }) => memory.external / MB),
      ];
    }),
  };
}

function memoryChart(result: SoakResult): TimelineBlock {
  const parts: ReadonlyArray<keyof MemoryUse> = ['rss', 'heapUsed', 'external'];
  return timeline(result, 'Memory over time', 'bytes', 'memory', (series) =>
    parts.map((part) => {
      const trend = result.memory.find((each) => each.part === part);
      const end = trend === undefined ? undefined : describeSlope(trend);
      return series(PART_NAMES[part], ({ memory }) => memory[part], end);
    }),
  );
}

function timesChart(result: SoakResult): TimelineBlock {
  return timeline(result, 'Latency over time', 'milliseconds', 'latency', (series) => [
    series('p99 of the jobs', ({ latency }) => latency.p99),
    series("p99 of the event loop's delay", ({ loopDelay }) => loopDelay.p99),
  ]);
}

function throughputChart(result: SoakResult): TimelineBlock {
  return timeline(result, 'Throughput over time', 'perSecond', 'jobs per second', (series) => [
    series('completed', rateOf),
  ]);
}

type SeriesOf = (
  name: string,
  pick: (window: SoakWindow) => number,
  ending?: string,
) => TimelineSeries;

function timeline(
  { windows, settings, failures }: SoakResult,
  title: string,
  unit: Unit,
  label: string,
  make: (series: SeriesOf) => TimelineSeries[],
): TimelineBlock {
  const endSeconds = windows.at(-1)?.toSeconds ?? 0;
  const series: SeriesOf = (name, pick, ending) => ({
    name,
    samples: windows.map((window) => ({
      seconds: (window.fromSeconds + window.toSeconds) / 2,
      value: pick(window),
    })),
    endSeconds,
    ending: ending ?? `${formatUnit(pick(windows.at(-1) as SoakWindow), unit)} at the end`,
    isCutShort: failures.length > 0,
  });
  return {
    kind: 'timeline',
    title,
    axis: { label, unit },
    seconds: Math.max(settings.minutes * 60, endSeconds),
    series: make(series),
  };
}

function rateOf({ completed, fromSeconds, toSeconds }: SoakWindow): number {
  return completed / (toSeconds - fromSeconds);
}

/** Lists the metrics for a comparison with another run. */
export function soakFigures({ windows, warmUpSeconds, memory }: SoakResult): NamedFigure[] {
  const measured = measuredWindows(windows, warmUpSeconds);
  // A window without completed jobs has no latency, rather than one of 0.
  const served = measured.filter(({ latency }) => latency.count > 0);
  const over = (
    name: string,
    unit: Unit,
    better: 'more' | 'less',
    pick: (window: SoakWindow) => number,
    among: readonly SoakWindow[] = measured,
  ): NamedFigure[] => {
    const spread: Spread | undefined = spreadOf(among.map(pick));
    return spread === undefined ? [] : [{ ...spread, name, unit, better }];
  };
  return [
    ...over('completed', 'perSecond', 'more', rateOf),
    ...over('latency, p99', 'milliseconds', 'less', ({ latency }) => latency.p99, served),
    ...over('event-loop delay, p99', 'milliseconds', 'less', ({ loopDelay }) => loopDelay.p99),
    ...memory.flatMap(({ part, bytes, bytesPerHour: { slope, low, high } }): NamedFigure[] => [
      oneFigure(PART_NAMES[part], bytes, 'bytes', 'less'),
      {
        name: `${PART_NAMES[part]}, growth per hour`,
        unit: 'bytes',
        better: 'less',
        median: slope,
        min: low,
        max: high,
      },
    ]),
  ];
}
