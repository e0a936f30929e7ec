/**
 * Renders values as bars of block characters, each with its value and the range of its rounds.
 *
 * Invariants: no line is wider than requested: names wrap at a third of the width, and if the bars would be too
 * short, the ranges are left to the table; a bar to the right is accurate to an eighth of a column; the mark is
 * labeled; nothing depends on color.
 */
import { type BarScale, barScaleOf } from '../bar-scale.js';
import type { BarsBlock } from '../document.js';
import { formatUnit } from '../format.js';
import { type Paint, plain, widthOf } from './paint.js';
import { DEFAULT_COLUMNS } from './screen.js';
import { fit } from './wrap.js';

const EIGHTHS = ' ▏▎▍▌▋▊▉█';
const GAP = '  ';
const MIN_BAR_COLUMNS = 16;

/** Renders the lines of a bar chart. */
export function renderBars(
  block: Omit<BarsBlock, 'kind' | 'title'>,
  paint: Paint = plain,
  columns: number = DEFAULT_COLUMNS,
): string[] {
  const { bars, mark, axis } = block;
  const third = Math.floor(columns / 3);
  const labels = bars.map(({ name }) => fit(name, third, 0));
  const labelWidth = Math.max(0, ...labels.flat().map(widthOf));
  const room = (values: readonly string[]): number =>
    columns - labelWidth - Math.max(0, ...values.map(widthOf)) - 2 * GAP.length;
  const full = valuesOf(block, true);
  const values = room(full) < MIN_BAR_COLUMNS ? valuesOf(block, false) : full;
  const width = Math.max(1, room(values));
  const scale = barScaleOf(block);
  const markAt = mark === undefined ? undefined : columnOf(scale.placeOf(mark.value), width);
  const lines = bars.flatMap(({ figure }, at) => {
    const [first = '', ...more] = labels[at] ?? [];
    const cells = drawBar(scale, figure.median, width);
    if (markAt !== undefined && cells[markAt] === ' ') cells[markAt] = '┊';
    const bar = paint('good', cells.join(''));
    const line = [first.padEnd(labelWidth), bar, values[at]].join(GAP).trimEnd();
    return [line].concat(more);
  });
  if (mark === undefined || markAt === undefined) return lines;
  return [
    ...lines,
    ...labelMark(
      `${formatUnit(mark.value, axis.unit)}: ${mark.label}`,
      labelWidth + GAP.length + markAt,
      columns,
    ),
  ];
}

function valuesOf({ axis, bars }: Omit<BarsBlock, 'kind' | 'title'>, hasRanges: boolean): string[] {
  return bars.map(({ figure: { median, min, max } }) => {
    const [value, from, to] = [median, min, max].map((each) => formatUnit(each, axis.unit));
    return hasRanges && min !== max ? `${value} (${from}–${to})` : `${value}`;
  });
}

/** Draws a bar from its base to its value: to the right in eighths, to the left in whole columns. */
function drawBar({ base, placeOf }: BarScale, value: number, width: number): string[] {
  const cells = Array.from({ length: width }, () => ' ');
  const start = Math.round(base * width);
  const end = placeOf(value);
  if (end < base) {
    const from = Math.min(start - 1, Math.round(end * width));
    return cells.fill('█', Math.max(0, from), start);
  }
  const eighths = Math.min((width - start) * 8, Math.round((end - base) * width * 8));
  cells.fill('█', start, start + Math.floor(eighths / 8));
  const rest = (EIGHTHS[eighths % 8] ?? '').trim();
  if (rest !== '') cells[start + Math.floor(eighths / 8)] = rest;
  return cells;
}

function columnOf(place: number, width: number): number {
  return Math.min(width - 1, Math.round(place * width));
}

/** Puts the label below the mark, or to its left if the line would be too long. */
function labelMark(words: string, at: number, columns: number): string[] {
  if (at + GAP.length + widthOf(words) <= columns) return [`${' '.repeat(at)}┊ ${words}`];
  if (widthOf(words) + GAP.length <= at) return [`${words} ┊`.padStart(at + 1)];
  return fit(`┊ ${words}`, columns, 2);
}
