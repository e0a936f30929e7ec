/**
 * Describes the results of the variants: conclusions, three tables, and charts over time with one scale for all
 * variants.
 *
 * Invariant: everything is made from the result alone.
 */
import {
  type Block,
  type Cell,
  type CurvesBlock,
  type NamedFigure,
  oneFigure,
  type TableBlock,
  text,
  type TimelineBlock,
} from '../../report/document.js';
import type { LatencySummary } from '../../load/latencies.js';
import { spreadOf } from '../../math/series.js';
import { formatCount, formatFigure } from '../../report/format.js';
import { describeEnding } from './narration.js';
import type { ArmEnding, ArmResult, Moment, ServiceResult } from './result.js';

const MB = 1024 ** 2;

/** Describes the results for humans, conclusions first; if nothing was measured, there is nothing else. */
export function describeArms(result: ServiceResult, conclusions: readonly string[]): Block[] {
  const { arms } = result;
  const points = conclusions.map((sentence) => text(sentence, 'point'));
  if (arms.length === 0) return points;
  return [
    ...points,
    countsTable(arms),
    latencyTable(arms),
    text(
      'Times count from the scheduled start of a request, and cover what got a response or was completed.',
      'faint',
    ),
    healthTable(arms),
    memoryChart(result),
    healthCurves(
      'Objects in the heap of the service over time',
      { label: 'heap used', unit: 'bytes' },
      arms,
      ({ heapUsedBytes }) => heapUsedBytes,
    ),
    healthCurves(
      'Buffers of the service outside of the heap over time',
      { label: 'external memory', unit: 'bytes' },
      arms,
      ({ externalBytes }) => externalBytes,
    ),
    healthCurves(
      "Delay of the service's event loop over time",
      { label: 'event-loop delay', unit: 'milliseconds' },
      arms,
      ({ loopDelayMs }) => loopDelayMs,
    ),
  ];
}

function countsTable(arms: readonly ArmResult[]): TableBlock {
  return {
    kind: 'table',
    groups: [{ title: 'requests', columns: 4 }],
    head: [
      'variant',
      'offered',
      'accepted',
      'completed',
      'refused',
      'died at (s)',
      'peak RSS (MB)',
    ],
    rows: arms.map((arm) => [
      arm.name,
      formatCount(arm.offered),
      formatCount(arm.accepted),
      formatCount(arm.completed),
      formatCount(arm.refused),
      diedAt(arm.ending),
      megabytes(arm.peakRssBytes),
    ]),
  };
}

function diedAt(ending: ArmEnding): Cell | string {
  return isDead(ending)
    ? { text: ending.afterSeconds.toFixed(1), meaning: 'bad' as const }
    : 'survived';
}

function latencyTable(arms: readonly ArmResult[]): TableBlock {
  return {
    kind: 'table',
    groups: [
      { title: 'response (ms)', columns: 3 },
      { title: 'completion (ms)', columns: 3 },
    ],
    head: ['variant', 'p50', 'p95', 'p99', 'p50', 'p95', 'p99'],
    rows: arms.map((arm) => [
      arm.name,
      ...percentiles(arm.answerMs),
      ...percentiles(arm.completionMs),
    ]),
  };
}

function percentiles({ count, p50, p95, p99 }: LatencySummary): string[] {
  return [p50, p95, p99].map((ms) => (count === 0 ? '-' : formatFigure(ms)));
}

function healthTable(arms: readonly ArmResult[]): TableBlock {
  return {
    kind: 'table',
    groups: [
      { title: 'event-loop delay (ms)', columns: 2 },
      { title: 'peak memory (MB)', columns: 2 },
      { title: 'CPU (ms)', columns: 1 },
    ],
    head: ['variant', 'p99', 'max', 'heap', 'external', 'per job'],
    rows: arms.map(({ name, loopDelayMs, peaks, cpuMsPerJob }) => [
      name,
      formatFigure(loopDelayMs.p99),
      formatFigure(loopDelayMs.max),
      megabytes(peaks.heapUsedBytes),
      megabytes(peaks.externalBytes),
      cpuMsPerJob === undefined ? '-' : formatFigure(cpuMsPerJob),
    ]),
  };
}

function megabytes(bytes: number): string {
  return formatCount(bytes / MB);
}

function memoryChart({ arms, settings }: ServiceResult): TimelineBlock {
  return {
    kind: 'timeline',
    title: 'Memory of the service over time',
    axis: { label: 'resident memory', unit: 'bytes' },
    seconds: settings.seconds,
    ceiling: { label: 'memory limit', value: settings.ceilingBytes },
    series: arms.map(({ name, timeline, ending }) => ({
      name,
      samples: timeline.map(({ seconds, rssBytes }) => ({ seconds, value: rssBytes })),
      endSeconds: ending.afterSeconds,
      ending: describeEnding(ending),
      isCutShort: isDead(ending),
    })),
  };
}

function isDead({ how }: ArmEnding): boolean {
  return how === 'ceiling' || how === 'died';
}

/** Charts a metric other than RSS over time; a terminal shows only its peaks, in the table. */
function healthCurves(
  title: string,
  axis: CurvesBlock['y'],
  arms: readonly ArmResult[],
  pick: (moment: Moment) => number,
): CurvesBlock {
  return {
    kind: 'curves',
    title,
    x: { label: 'time', unit: 'seconds' },
    y: axis,
    series: arms.map(({ name, timeline }) => ({
      name,
      // Before its first report a service has no values; that is not zero.
      points: timeline
        .filter(({ heapUsedBytes }) => heapUsedBytes > 0)
        .map((moment) => [moment.seconds, pick(moment)] as const),
    })),
  };
}

/** Lists the metrics for a comparison with another run. */
export function armFigures(arms: readonly ArmResult[]): NamedFigure[] {
  return arms.flatMap((arm) => {
    const figure = (
      what: string,
      value: number | undefined,
      unit: NamedFigure['unit'],
      better: 'more' | 'less',
    ) => (value === undefined ? [] : [oneFigure(`${arm.name}: ${what}`, value, unit, better)]);
    // Without a response there is no latency, rather than one of 0.
    const { p50, p99 } = arm.answerMs.count > 0 ? arm.answerMs : {};
    return [
      goodputFigure(arm),
      ...figure('goodput ÷ capacity', arm.goodputShare, 'percent', 'more'),
      ...figure('peak RSS', arm.peakRssBytes, 'bytes', 'less'),
      ...figure(
        'growth of the RSS, last third against second',
        arm.memoryTrend?.change,
        'percent',
        'less',
      ),
      ...figure('response, p50', p50, 'milliseconds', 'less'),
      ...figure('response, p99', p99, 'milliseconds', 'less'),
      ...figure('event-loop delay, p99', arm.loopDelayMs.p99, 'milliseconds', 'less'),
      ...figure('CPU time per job', arm.cpuMsPerJob, 'milliseconds', 'less'),
    ];
  });
}

function goodputFigure({ name, goodputPerSecond, goodputWindows }: ArmResult): NamedFigure {
  const figure = oneFigure(`${name}: goodput`, goodputPerSecond, 'perSecond', 'more');
  const spread = spreadOf(goodputWindows);
  return spread === undefined ? figure : { ...figure, ...spread, rounds: goodputWindows };
}
