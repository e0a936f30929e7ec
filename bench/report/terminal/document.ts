/**
 * Renders a document as lines for a terminal.
 *
 * Invariants: at most 80 columns, but for code, which is kept as it is; below a figure its range, in a line of its own.
 */
import type {
  BarsBlock,
  Block,
  Cell,
  Document,
  ForestBlock,
  TableBlock,
  TimelineBlock,
} from '../document.js';
import { scaleOf } from '../timeline.js';
import { renderBars } from './bars.js';
import { renderChart } from './chart.js';
import { renderForest } from './forest.js';
import { formatUnit } from '../format.js';
import { type Paint, widthOf } from './paint.js';
import { renderTable } from './table.js';
import { breakWords, COLUMNS, wrap } from './wrap.js';

const CHART_ROWS = 4;
/** A name is not made narrower than this, even if the table doesn't fit then. */
const MIN_NAME_COLUMNS = 16;

/** The lines of a document, beginning with an empty one; none where it has nothing to say. */
export function renderDocument({ title, blocks }: Document, paint: Paint): string[] {
  if (blocks.length === 0) return [];
  return [
    '',
    ...renderTitle(title, paint),
    ...blocks.flatMap((block) => renderBlock(block, paint)),
  ];
}

function renderBlock(block: Block, paint: Paint): string[] {
  switch (block.kind) {
    case 'heading':
      return ['', ...renderTitle(block.text, paint)];
    case 'text':
      return renderText(block.text, block.role, paint);
    case 'code':
      return ['', ...block.text.split('\n')];
    case 'table':
      return ['', ...renderTableBlock(block, paint)];
    case 'timeline':
      return ['', ...renderTimeline(block, paint)];
    case 'bars':
      return ['', ...renderBarsBlock(block, paint)];
    case 'forest':
      return ['', ...renderForestBlock(block, paint)];
    case 'curves':
      return [];
  }
}

function renderText(words: string, role: 'faint' | 'point' | undefined, paint: Paint): string[] {
  if (role === 'point') return wrap(`- ${words}`, 2);
  if (role === 'faint') return wrap(words).map((line) => paint('faint', line));
  return ['', ...wrap(words)];
}

function renderTableBlock({ head, groups, rows }: TableBlock, paint: Paint): string[] {
  const table = rows.map((row) =>
    row.map((cell): Cell => (typeof cell === 'string' ? { text: cell } : cell)),
  );
  const columns = columnsForNames(head, table);
  const lines = table.flatMap(([name = { text: '' }, ...figures]) => {
    const names = wrap(breakWords(name.text, columns - 2), 2, columns).map((line) =>
      paintCell({ ...name, text: line }, paint),
    );
    const hasRange = figures.some(({ range }) => range !== undefined);
    return Array.from({ length: Math.max(names.length, hasRange ? 2 : 1) }, (_, at) => [
      names[at] ?? '',
      ...figures.map((cell) => {
        if (at === 0) return paintCell(cell, paint);
        return at === 1 && cell.range !== undefined ? paint('faint', cell.range) : '';
      }),
    ]);
  });
  return renderTable({ head, rows: lines, ...(groups && { groups }) }, paint);
}

/** What the other columns leave of a line. */
function columnsForNames(head: readonly string[], table: ReadonlyArray<readonly Cell[]>): number {
  const widths = head
    .slice(1)
    .map((title, at) =>
      Math.max(
        widthOf(title),
        ...table.map((row) => widthOf(row[at + 1]?.text ?? '')),
        ...table.map((row) => widthOf(row[at + 1]?.range ?? '')),
      ),
    );
  return Math.max(MIN_NAME_COLUMNS, COLUMNS - widths.reduce((sum, width) => sum + width + 2, 0));
}

function paintCell({ text, meaning }: Cell, paint: Paint): string {
  return meaning === undefined ? text : paint(meaning, text);
}

function renderTimeline({ title, axis, seconds, ceiling, series }: TimelineBlock, paint: Paint) {
  const format = (value: number): string => formatUnit(value, axis.unit);
  const { top, isCeilingInScale } = scaleOf({ series, ...(ceiling && { ceiling }) });
  const where =
    ceiling === undefined
      ? ''
      : isCeilingInScale
        ? ` (┄ ${ceiling.label}, ${format(ceiling.value)})`
        : ` (the ${ceiling.label}, ${format(ceiling.value)}, lies far above)`;
  return [
    ...renderTitle(`${title}${where}`, paint),
    ...series.flatMap(({ name, samples, endSeconds, ending, isCutShort }, at) => {
      const tone = isCutShort ? 'bad' : 'good';
      return [
        `${' '.repeat(10)}${name}: ${paint(tone, ending)}`,
        ...renderChart(
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

function renderBarsBlock({ title, axis, mark, bars }: BarsBlock, paint: Paint): string[] {
  return [
    ...renderTitle(title, paint),
    ...renderBars({ axis, bars, ...(mark && { mark }) }, paint),
  ];
}

function renderForestBlock({ title, marks, rows }: ForestBlock, paint: Paint): string[] {
  return [...renderTitle(title, paint), ...renderForest({ marks, rows }, paint)];
}

function renderTitle(title: string, paint: Paint): string[] {
  return wrap(breakWords(title)).map((line) => paint('title', line));
}
