/**
 * Renders a document as lines for a terminal.
 *
 * Invariants: from 60 columns up, no line is wider than requested, except that code and single words of a command are
 * not broken. Charts that show no more than the table beside them are dropped (`drawable.ts`).
 */
import type {
  BarsBlock,
  Block,
  CodeBlock,
  Document,
  ForestBlock,
  TimelineBlock,
} from '../document.js';
import { drawable } from '../drawable.js';
import { formatUnit } from '../format.js';
import { scaleOf } from '../timeline.js';
import { renderBars } from './bars.js';
import { renderChart } from './chart.js';
import { wrapCommand } from './command-line.js';
import { renderForest } from './forest.js';
import type { Paint, Tone } from './paint.js';
import { DEFAULT_COLUMNS, textColumns } from './screen.js';
import { renderTable } from './table.js';
import { fit } from './wrap.js';

const CHART_ROWS = 4;
/** Indent of the lines between the charts of a timeline, so that they are below the start of its axis. */
const SERIES_INDENT = 10;

/** Renders the lines of a document, starting with an empty one; none if it has no blocks. */
export function renderDocument(
  { title, blocks }: Document,
  paint: Paint,
  columns: number = DEFAULT_COLUMNS,
): string[] {
  if (blocks.length === 0) return [];
  return [
    '',
    ...renderTitle(title, paint, columns),
    ...(isPoint(blocks[0]) ? [''] : []),
    ...drawable(blocks).flatMap((block) => renderBlock(block, paint, columns)),
  ];
}

/** Whether a block is a text that, unlike other blocks, has no empty line before it. */
function isPoint(block: Block | undefined): boolean {
  return block?.kind === 'text' && block.role !== undefined;
}

function renderBlock(block: Block, paint: Paint, columns: number): string[] {
  switch (block.kind) {
    case 'heading':
      return ['', ...renderTitle(block.text, paint, columns)];
    case 'text':
      return renderText(block.text, block.role, paint, textColumns(columns));
    case 'code':
      return ['', ...renderCode(block, columns)];
    case 'table':
      return ['', ...renderTable(block, paint, columns)];
    case 'timeline':
      return ['', ...renderTimeline(block, paint, columns)];
    case 'bars':
      return ['', ...renderBarsBlock(block, paint, columns)];
    case 'forest':
      return ['', ...renderForestBlock(block, paint, columns)];
    case 'curves':
      return [];
  }
}

function renderText(
  words: string,
  role: 'faint' | 'point' | undefined,
  paint: Paint,
  columns: number,
): string[] {
  if (role === 'point') return fit(`- ${words}`, columns, 2);
  if (role === 'faint') return fit(words, columns).map((line) => paint('faint', line));
  return ['', ...fit(words, columns)];
}

function renderCode({ text, language }: CodeBlock, columns: number): string[] {
  return language === 'sh' ? wrapCommand(text, columns) : text.split('\n');
}

function renderTimeline(
  { title, axis, seconds, ceiling, series }: TimelineBlock,
  paint: Paint,
  columns: number,
): string[] {
  const format = (value: number): string => formatUnit(value, axis.unit);
  const { top, isCeilingInScale } = scaleOf({ series, ...(ceiling && { ceiling }) });
  const where =
    ceiling === undefined
      ? ''
      : isCeilingInScale
        ? ` (┄ ${ceiling.label}, ${format(ceiling.value)})`
        : ` (the ${ceiling.label}, ${format(ceiling.value)}, lies far above)`;
  return [
    ...renderTitle(`${title}${where}`, paint, columns),
    ...series.flatMap(({ name, samples, endSeconds, ending, isCutShort }, at) => {
      const tone = isCutShort ? 'bad' : 'good';
      return [
        ...renderEnding(`${name}: `, ending, tone, paint, columns),
        ...renderChart(
          {
            samples,
            seconds,
            top,
            ceiling: ceiling?.value ?? Infinity,
            endSeconds,
            isCutShort,
            width: columns,
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

/** Renders the name of a series and how it ended; only the latter is painted. */
function renderEnding(
  label: string,
  ending: string,
  tone: Tone,
  paint: Paint,
  columns: number,
): string[] {
  const indent = ' '.repeat(SERIES_INDENT);
  const [first = '', ...more] = fit(label + ending, columns - SERIES_INDENT, 2);
  return [
    `${indent}${first.slice(0, label.length)}${paint(tone, first.slice(label.length))}`,
    ...more.map((line) => `${indent}${paint(tone, line)}`),
  ];
}

function renderBarsBlock(block: BarsBlock, paint: Paint, columns: number): string[] {
  return [...renderTitle(block.title, paint, columns), ...renderBars(block, paint, columns)];
}

function renderForestBlock(block: ForestBlock, paint: Paint, columns: number): string[] {
  return [...renderTitle(block.title, paint, columns), ...renderForest(block, paint, columns)];
}

function renderTitle(title: string, paint: Paint, columns: number): string[] {
  return fit(title, columns).map((line) => paint('title', line));
}
