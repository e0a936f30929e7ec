/**
 * The printed result: two tables, memory over time for every arm at one scale, and what it means.
 *
 * Invariants: no line is wider than 80 columns; everything is made from the result alone.
 */
import { drawChart } from '../../terminal/chart.js';
import {
  formatCount,
  formatDuration,
  formatMegabytes,
  formatSeconds,
} from '../../terminal/format.js';
import type { Paint } from '../../terminal/paint.js';
import { drawTable } from '../../terminal/table.js';
import { COLUMNS, wrap } from '../../terminal/wrap.js';
import type { LatencySummary } from '../../latencies.js';
import { describeEnding } from './narration.js';
import type { ArmEnding, ArmResult, OverloadResult } from './result.js';
import { drawConclusions } from './verdict.js';

const CHART_ROWS = 4;
/** A ceiling further above the highest curve than this would press them all flat. */
const MAX_HEADROOM = 6;

/** The lines of the report; none where nothing was measured. */
export function reportOverload(result: OverloadResult, paint: Paint): string[] {
  if (result.arms.length === 0) return [];
  const sentences = drawConclusions(result).flatMap((sentence) => wrap(`- ${sentence}`, 2));
  return [
    '',
    ...drawTable(countsTable(result.arms, paint), paint),
    '',
    ...drawTable(latencyTable(result.arms), paint),
    ...wrap(
      'Times run from the intended start of a request, and are of what was answered or completed.',
    ).map((line) => paint('faint', line)),
    '',
    ...drawMemory(result, paint),
    '',
    ...sentences,
  ];
}

function countsTable(arms: readonly ArmResult[], paint: Paint) {
  return {
    head: ['arm', 'offered', 'accepted', 'completed', 'refused', 'died at', 'peak RSS'],
    rows: arms.map((arm) => [
      arm.name,
      formatCount(arm.offered),
      formatCount(arm.accepted),
      formatCount(arm.completed),
      formatCount(arm.refused),
      isDead(arm.ending) ? paint('bad', formatSeconds(arm.ending.afterSeconds)) : '-',
      formatMegabytes(arm.peakRssBytes),
    ]),
  };
}

function latencyTable(arms: readonly ArmResult[]) {
  return {
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

function drawMemory({ arms, settings }: OverloadResult, paint: Paint): string[] {
  const highest = Math.max(...arms.map(({ peakRssBytes }) => peakRssBytes));
  const isInScale = settings.ceilingBytes <= highest * MAX_HEADROOM;
  const top = isInScale ? settings.ceilingBytes : highest * 1.2;
  const ceiling = formatMegabytes(settings.ceilingBytes);
  const title = isInScale
    ? `Memory of the service over time (┄ ${ceiling} ceiling)`
    : `Memory of the service over time (the ceiling, ${ceiling}, lies far above)`;
  const charts = arms.map((arm, at) => [
    `${' '.repeat(10)}${arm.name}: ${paint(isDead(arm.ending) ? 'bad' : 'good', describeEnding(arm.ending))}`,
    ...drawChart(
      {
        samples: arm.timeline.map(({ seconds, rssBytes }) => ({ seconds, value: rssBytes })),
        seconds: settings.seconds,
        top,
        ceiling: settings.ceilingBytes,
        endSeconds: arm.ending.afterSeconds,
        isCutShort: isDead(arm.ending),
        width: COLUMNS,
        rows: CHART_ROWS,
        format: formatMegabytes,
        tone: isDead(arm.ending) ? 'bad' : 'good',
        hasTimeAxis: at === arms.length - 1,
      },
      paint,
    ),
  ]);
  return [paint('title', title), ...charts.flat()];
}

function isDead({ how }: ArmEnding): boolean {
  return how === 'ceiling' || how === 'died';
}
