/**
 * Describes the results of the arms: three tables, memory over time for every arm at one scale, and the
 * conclusions.
 *
 * Invariant: everything is made from the result alone.
 */
import {
  type Block,
  type Cell,
  type CurvesBlock,
  heading,
  type NamedFigure,
  oneFigure,
  type TableBlock,
  text,
  type TimelineBlock,
} from '../../report/document.js';
import type { LatencySummary } from '../../load/latencies.js';
import { spreadOf } from '../../math/series.js';
import {
  formatCount,
  formatDuration,
  formatMegabytes,
  formatSeconds,
} from '../../report/format.js';
import { describeEnding } from './narration.js';
import type { ArmEnding, ArmResult, Moment, ServiceResult } from './result.js';

/** For a person; none where nothing was measured. */
export function describeArms(result: ServiceResult, conclusions: readonly string[]): Block[] {
  const { arms } = result;
  if (arms.length === 0) return [];
  return [
    countsTable(arms),
    latencyTable(arms),
    text(
      'Times run from the intended start of a request, and are of what was answered or completed.',
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
      { label: 'delay', unit: 'milliseconds' },
      arms,
      ({ loopDelayMs }) => loopDelayMs,
    ),
    heading('What it means'),
    ...conclusions.map((sentence) => text(sentence, 'point')),
  ];
}

function countsTable(arms: readonly ArmResult[]): TableBlock {
  return {
    kind: 'table',
    head: ['arm', 'offered', 'accepted', 'completed', 'refused', 'died at', 'peak RSS'],
    rows: arms.map((arm) => [
      arm.name,
      formatCount(arm.offered),
      formatCount(arm.accepted),
      formatCount(arm.completed),
      formatCount(arm.refused),
      diedAt(arm.ending),
      formatMegabytes(arm.peakRssBytes),
    ]),
  };
}

function diedAt(ending: ArmEnding): Cell | string {
  return isDead(ending)
    ? { text: formatSeconds(ending.afterSeconds), meaning: 'bad' as const }
    : '-';
}

function latencyTable(arms: readonly ArmResult[]): TableBlock {
  return {
    kind: 'table',
    groups: [
      { title: 'answer', columns: 3 },
      { title: 'completion', columns: 3 },
    ],
    head: ['', 'p50', 'p95', 'p99', 'p50', 'p95', 'p99'],
    rows: arms.map((arm) => [
      arm.name,
      ...percentiles(arm.answerMs),
      ...percentiles(arm.completionMs),
    ]),
  };
}

function percentiles({ count, p50, p95, p99 }: LatencySummary): string[] {
  return [p50, p95, p99].map((ms) => (count === 0 ? '-' : formatDuration(ms)));
}

function healthTable(arms: readonly ArmResult[]): TableBlock {
  return {
    kind: 'table',
    groups: [
      { title: 'event loop late', columns: 2 },
      { title: 'memory at most', columns: 2 },
      { title: 'CPU', columns: 1 },
    ],
    head: ['service', 'p99', 'worst', 'heap', 'external', 'per job'],
    rows: arms.map(({ name, loopDelayMs, peaks, cpuMsPerJob }) => [
      name,
      formatDuration(loopDelayMs.p99),
      formatDuration(loopDelayMs.max),
      formatMegabytes(peaks.heapUsedBytes),
      formatMegabytes(peaks.externalBytes),
      cpuMsPerJob === undefined ? '-' : formatDuration(cpuMsPerJob),
    ]),
  };
}

function memoryChart({ arms, settings }: ServiceResult): TimelineBlock {
  return {
    kind: 'timeline',
    title: 'Memory of the service over time',
    axis: { label: 'resident memory', unit: 'bytes' },
    seconds: settings.seconds,
    ceiling: { label: 'ceiling', value: settings.ceilingBytes },
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

/** Curves of a value beside the resident set; in a terminal the table has its peaks. */
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
      points: timeline.map((moment) => [moment.seconds, pick(moment)] as const),
    })),
  };
}

/** For a comparison with another run. */
export function armFigures(arms: readonly ArmResult[]): NamedFigure[] {
  return arms.flatMap((arm) => {
    const figure = (
      what: string,
      value: number | undefined,
      unit: NamedFigure['unit'],
      better: 'more' | 'less',
    ) => (value === undefined ? [] : [oneFigure(`${arm.name}: ${what}`, value, unit, better)]);
    // Where nothing was answered there is no latency, and none that is 0.
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
      ...figure('answer, p50', p50, 'milliseconds', 'less'),
      ...figure('answer, p99', p99, 'milliseconds', 'less'),
      ...figure('event-loop delay, p99', arm.loopDelayMs.p99, 'milliseconds', 'less'),
      ...figure('processor time per job', arm.cpuMsPerJob, 'milliseconds', 'less'),
    ];
  });
}

function goodputFigure({ name, goodputPerSecond, goodputWindows }: ArmResult): NamedFigure {
  const figure = oneFigure(`${name}: goodput`, goodputPerSecond, 'perSecond', 'more');
  const spread = spreadOf(goodputWindows);
  return spread === undefined ? figure : { ...figure, ...spread, rounds: goodputWindows };
}
