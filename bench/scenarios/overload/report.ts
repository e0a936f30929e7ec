/**
 * What a result of `bench overload` says: two tables, memory over time for every arm at one scale,
 * and what it means.
 *
 * Invariant: everything is made from the result alone.
 */
import {
  type Cell,
  type Document,
  heading,
  type NamedFigure,
  oneFigure,
  type TableBlock,
  text,
  type TimelineBlock,
} from '../../document.js';
import type { LatencySummary } from '../../latencies.js';
import {
  formatCount,
  formatDuration,
  formatMegabytes,
  formatSeconds,
} from '../../terminal/format.js';
import type { Capacity } from './capacity.js';
import { describeEnding } from './narration.js';
import type { ArmEnding, ArmResult, OverloadResult } from './result.js';
import { drawConclusions } from './verdict.js';

/** For a person; empty where nothing was measured. */
export function describeOverload(result: OverloadResult): Document {
  const title = 'Overload: a service at twice its capacity';
  if (result.arms.length === 0) return { title, blocks: [] };
  return {
    title,
    blocks: [
      countsTable(result.arms),
      latencyTable(result.arms),
      text(
        'Times run from the intended start of a request, and are of what was answered or completed.',
        'faint',
      ),
      memoryChart(result),
      heading('What it means'),
      ...drawConclusions(result).map((sentence) => text(sentence, 'point')),
    ],
  };
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

function memoryChart({ arms, settings }: OverloadResult): TimelineBlock {
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

/** For a comparison with another run. */
export function overloadFigures({ arms, capacity }: OverloadResult): NamedFigure[] {
  return [
    ...(capacity === null ? [] : [capacityFigure(capacity)]),
    ...arms.flatMap((arm): NamedFigure[] => [
      oneFigure(`${arm.name}: goodput`, arm.goodputPerSecond, 'perSecond', 'more'),
      ...(arm.goodputShare === undefined
        ? []
        : [oneFigure(`${arm.name}: goodput ÷ capacity`, arm.goodputShare, 'percent', 'more')]),
      oneFigure(`${arm.name}: peak RSS`, arm.peakRssBytes, 'bytes', 'less'),
      ...(arm.memoryTrend === undefined
        ? []
        : [
            oneFigure(
              `${arm.name}: growth of the RSS, last third against second`,
              arm.memoryTrend.change,
              'percent',
              'less',
            ),
          ]),
      oneFigure(`${arm.name}: answer, p50`, arm.answerMs.p50, 'milliseconds', 'less'),
      oneFigure(`${arm.name}: answer, p99`, arm.answerMs.p99, 'milliseconds', 'less'),
    ]),
  ];
}

function capacityFigure({ perSecond, windows }: Capacity): NamedFigure {
  return {
    name: 'capacity',
    unit: 'perSecond',
    better: 'more',
    median: perSecond,
    min: Math.min(...windows),
    max: Math.max(...windows),
    rounds: windows,
  };
}
