/**
 * Renders a quantity over time as an area of block characters, with its limit marked.
 *
 * Invariants: there are exactly as many lines as rows (plus one with a time axis), none wider than requested; a
 * column shows the highest value of its span; a value above the scale fills its column and no more; nothing depends
 * on color.
 */
import type { Sample } from '../../math/statistics.js';
import { type Paint, plain, type Tone } from './paint.js';

/** The data and the size of a chart. */
export interface Chart {
  readonly samples: readonly Sample[];
  /** The span of the time axis. */
  readonly seconds: number;
  /** Value at the top. */
  readonly top: number;
  /** A limit, drawn as a dotted line if it lies within the scale. */
  readonly ceiling: number;
  /** End of the curve; its last value continues up to there. */
  readonly endSeconds: number;
  /** Whether it ended prematurely; marked by a cross. */
  readonly isCutShort: boolean;
  /** Total columns and rows, including the labels. */
  readonly width: number;
  readonly rows: number;
  readonly format: (value: number) => string;
  readonly tone: Tone;
  readonly hasTimeAxis: boolean;
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const LABEL_WIDTH = 8;

/** Renders the lines of a chart. */
export function renderChart(chart: Chart, paint: Paint = plain): string[] {
  const columns = chart.width - LABEL_WIDTH - 2;
  const levels = levelsOf(chart, columns);
  const crossColumn = chart.isCutShort
    ? Math.min(columns - 1, columnAt(chart, columns, chart.endSeconds) + 1)
    : -1;
  const ceilingRow = Math.min(
    chart.rows - 1,
    Math.floor((1 - chart.ceiling / chart.top) * chart.rows),
  );
  const lines = Array.from({ length: chart.rows }, (_, row) => {
    const below = (chart.rows - 1 - row) * 8;
    const cells = levels.map((level, column) => {
      if (column === crossColumn && row === Math.max(0, ceilingRow)) return '✕';
      const block = BLOCKS[Math.max(0, Math.min(8, level - below))] as string;
      return block === ' ' && row === ceilingRow ? '┄' : block;
    });
    const label = row === 0 ? chart.format(chart.top) : row === chart.rows - 1 ? '0' : '';
    const axis = label === '' ? '│' : '┤';
    return `${label.padStart(LABEL_WIDTH)} ${axis}${paintCells(cells, chart.tone, paint)}`;
  });
  if (chart.hasTimeAxis) lines.push(renderTimeAxis(chart.seconds, columns));
  return lines;
}

/** Returns the highest value of each column's span, in eighths of a row; in a gap the last known value. */
function levelsOf(chart: Chart, columns: number): number[] {
  const { samples, top, rows, endSeconds } = chart;
  const highest: Array<number | undefined> = Array.from({ length: columns });
  for (const { seconds, value } of samples) {
    const column = columnAt(chart, columns, seconds);
    highest[column] = Math.max(highest[column] ?? 0, value);
  }
  const end = columnAt(chart, columns, endSeconds);
  let value = samples[0]?.value ?? 0;
  return highest.map((own, column) => {
    if (column > end || samples.length === 0) return 0;
    value = own ?? value;
    return Math.min(rows * 8, Math.max(1, Math.round((value / top) * rows * 8)));
  });
}

function columnAt({ seconds }: Chart, columns: number, atSeconds: number): number {
  return Math.max(0, Math.min(columns - 1, Math.floor((atSeconds / seconds) * columns)));
}

function paintCells(cells: readonly string[], tone: Tone, paint: Paint): string {
  const text = cells.join('').trimEnd();
  return text
    .split(/(┄+)/)
    .map((part) => paint(part.startsWith('┄') ? 'faint' : tone, part))
    .join('');
}

function renderTimeAxis(seconds: number, columns: number): string {
  const end = `${Number(seconds.toFixed(1))} s`;
  const middle = `${Number((seconds / 2).toFixed(1))} s`;
  const half = Math.floor(columns / 2);
  const left = `0 s${' '.repeat(Math.max(1, half - 3 - Math.floor(middle.length / 2)))}${middle}`;
  return `${' '.repeat(LABEL_WIDTH + 2)}${left}${end.padStart(columns - left.length)}`;
}
