/**
 * A document as lines for a terminal.
 *
 * Invariants: at most 80 columns, but for code, which is kept as it is; below a figure its range, in a line of its own.
 */
import type { BarsBlock, Block, Cell, Document, TableBlock, TimelineBlock } from '../document.js';
import { drawBars } from './bars.js';
import { drawChart } from './chart.js';
import { formatUnit } from './format.js';
import type { Paint } from './paint.js';
import { drawTable } from './table.js';
import { COLUMNS, wrap } from './wrap.js';

const CHART_ROWS = 4;
/** A ceiling further above the highest curve than this would press them all flat. */
const MAX_HEADROOM = 6;

/** The lines of a document, beginning with an empty one; none where it has nothing to say. */
export function drawDocument({ title, blocks }: Document, paint: Paint): string[] {
  if (blocks.length === 0) return [];
  return ['', paint('title', title), ...blocks.flatMap((block) => drawBlock(block, paint))];
}

function drawBlock(block: Block, paint: Paint): string[] {
  switch (block.kind) {
    case 'heading':
      return ['', ...wrap(block.text).map((line) => paint('title', line))];
    case 'text':
      return drawText(block.text, block.role, paint);
    case 'code':
      return ['', ...block.text.split('\n')];
    case 'table':
      return ['', ...drawTableBlock(block, paint)];
    case 'timeline':
      return ['', ...drawTimeline(block, paint)];
    case 'bars':
      return ['', ...drawBarsBlock(block, paint)];
    case 'curves':
      return [];
  }
}

function drawText(words: string, role: 'faint' | 'point' | undefined, paint: Paint): string[] {
  if (role === 'point') return wrap(`- ${words}`, 2);
  if (role === 'faint') return wrap(words).map((line) => paint('faint', line));
  return ['', ...wrap(words)];
}

function drawTableBlock({ head, groups, rows }: TableBlock, paint: Paint): string[] {
  const lines = rows.flatMap((row) => {
    const cells = row.map((cell) => (typeof cell === 'string' ? { text: cell } : cell));
    const middles = cells.map((cell) => paintCell(cell, paint));
    if (cells.every(({ range }) => range === undefined)) return [middles];
    return [middles, cells.map(({ range }) => (range === undefined ? '' : paint('faint', range)))];
  });
  return drawTable({ head, rows: lines, ...(groups && { groups }) }, paint);
}

function paintCell({ text, meaning }: Cell, paint: Paint): string {
  return meaning === undefined ? text : paint(meaning, text);
}

function drawTimeline({ title, axis, seconds, ceiling, series }: TimelineBlock, paint: Paint) {
  const format = (value: number): string => formatUnit(value, axis.unit);
  const highest = Math.max(
    ...series.flatMap(({ samples }) => samples.map(({ value }) => value)),
    0,
  );
  const isInScale = ceiling !== undefined && ceiling.value <= highest * MAX_HEADROOM;
  const top = (isInScale ? Math.max(ceiling.value, highest) : highest * 1.2) || 1;
  const where = isInScale
    ? ` (┄ ${ceiling.label}, ${format(ceiling.value)})`
    : ceiling === undefined
      ? ''
      : ` (the ${ceiling.label}, ${format(ceiling.value)}, lies far above)`;
  return [
    ...wrap(`${title}${where}`).map((line) => paint('title', line)),
    ...series.flatMap(({ name, samples, endSeconds, ending, isCutShort }, at) => {
      const tone = isCutShort ? 'bad' : 'good';
      return [
        `${' '.repeat(10)}${name}: ${paint(tone, ending)}`,
        ...drawChart(
          {
            samples,
            seconds,
            top,
            ceiling: ceiling?.value ?? Infinity,
            endSeconds,
            isCutShort,
            width: COLUMNS,
            rows: CHART_ROWS,
            format,
            tone,
            hasTimeAxis: at === series.length - 1,
          },
          paint,
        ),
      ];
    }),
  ];
}

function drawBarsBlock({ title, axis, mark, bars }: BarsBlock, paint: Paint): string[] {
  return [
    ...wrap(title).map((line) => paint('title', line)),
    ...drawBars({ axis, bars, ...(mark && { mark }) }, paint),
  ];
}
