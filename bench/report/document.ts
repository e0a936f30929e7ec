/**
 * Defines what a result says, as plain data: a scenario makes it once from its result, and it is rendered
 * for a terminal (`terminal/document.ts`), as Markdown (`markdown/document.ts`) and as a page (`html/`).
 *
 * Invariants: every value that a chart shows is in a table or a sentence, too; no text contains
 * markup or color; nothing here depends on how it is drawn. A table's head names the unit of each column;
 * where the rows of a table have units of their own, each row's name or each cell does.
 */
import type { Spread } from '../math/series.js';
import type { Sample } from '../math/statistics.js';

/** What a text means, beyond its words: for colour, and never told by colour alone. */
export type Meaning = 'good' | 'bad' | 'faint';

/** One place of a table. */
export interface Cell {
  readonly text: string;
  /** From the least to the most of the rounds, such as '14.8–15.3'. */
  readonly range?: string;
  readonly meaning?: Meaning;
}

/** A heading over several columns, counted without the first one; with a unit that they share. */
export interface ColumnGroup {
  readonly title: string;
  readonly columns: number;
}

/** The first cell of a row names it. */
export interface TableBlock {
  readonly kind: 'table';
  readonly head: readonly string[];
  readonly groups?: readonly ColumnGroup[];
  readonly rows: ReadonlyArray<readonly (Cell | string)[]>;
}

export interface HeadingBlock {
  readonly kind: 'heading';
  readonly text: string;
}

export interface TextBlock {
  readonly kind: 'text';
  readonly text: string;
  /** 'faint' for how to read a table; 'point' for one of several conclusions. */
  readonly role?: 'faint' | 'point';
}

/** Text to be copied: kept as it is, line by line; a command may be broken where a shell joins it again. */
export interface CodeBlock {
  readonly kind: 'code';
  readonly text: string;
  /** Default: 'js'. */
  readonly language?: 'js' | 'sh';
}

/** What a chart's axis counts. */
export interface Axis {
  readonly label: string;
  readonly unit: Unit;
  /** On 'percentile' values are shares, such as 0.99, and each nine takes as much room as the one before. */
  readonly scale?: 'linear' | 'log' | 'percentile';
}

/** For latencies by percentile: labelled p50, p90, p99 and p99.9. */
export const PERCENTILE_AXIS: Axis = { label: 'percentile', unit: 'percent', scale: 'percentile' };

/** How a figure is written. */
export const UNITS = [
  'count',
  'ratio',
  'percent',
  'bytes',
  'milliseconds',
  'seconds',
  'perSecond',
] as const;
export type Unit = (typeof UNITS)[number];

/** Amounts over time, one curve for each of the series; in a terminal one area below the other. */
export interface TimelineBlock {
  readonly kind: 'timeline';
  readonly title: string;
  readonly axis: Axis;
  /** The span of the time axis. */
  readonly seconds: number;
  /** Marked by a line. */
  readonly ceiling?: { readonly label: string; readonly value: number };
  readonly series: readonly TimelineSeries[];
}

export interface TimelineSeries {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** Where the curve ends. */
  readonly endSeconds: number;
  /** What became of it, in words. */
  readonly ending: string;
  /** Whether that end was untimely; marked by a cross. */
  readonly isCutShort: boolean;
}

/** One quantity over another. A terminal has the figures in tables; it does not draw it. */
export interface CurvesBlock {
  readonly kind: 'curves';
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: ReadonlyArray<{
    readonly name: string;
    readonly points: ReadonlyArray<readonly [x: number, y: number]>;
    /** What it could be at best, or is expected to be: dashed. */
    readonly isReference?: boolean;
  }>;
}

/**
 * Values next to each other, each with its spread. Bars of ratios start at 1 and go to either side of it, on
 * a logarithmic scale; others start at zero.
 */
export interface BarsBlock {
  readonly kind: 'bars';
  readonly title: string;
  readonly axis: Axis;
  /** A labelled line at this value: what is aimed at. Ratios have theirs at 1, where both are equal. */
  readonly mark?: { readonly label: string; readonly value: number };
  readonly bars: readonly Bar[];
  /** What the scale has to hold beside these bars, so that several charts share one. */
  readonly scaleHolds?: readonly number[];
}

export interface Bar {
  readonly name: string;
  readonly figure: Spread;
  /** The variant that it is of, by its color: the name of a series. Default: millrace. */
  readonly series?: string;
}

/**
 * Changes with their intervals, a row each, above the rounds that they come from: a forest plot. All are
 * shares, of which more is worse.
 */
export interface ForestBlock {
  readonly kind: 'forest';
  readonly title: string;
  /** What the upright lines stand for, beside that of no change; none twice. */
  readonly marks: readonly string[];
  readonly rows: readonly ForestRow[];
}

export interface ForestRow {
  /** Rows of the same group follow each other; its name is written once. */
  readonly group?: string;
  readonly name: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The estimate in words, such as '12.4 % slower'. Default: the signed share. */
  readonly change?: string;
  readonly rounds: readonly number[];
  /** Where the upright lines of this row are, in the order of the block's marks. */
  readonly marks: readonly number[];
  /** What it comes to, in a word. */
  readonly ending: string;
  readonly meaning?: Meaning;
}

export type Block =
  | HeadingBlock
  | TextBlock
  | CodeBlock
  | TableBlock
  | TimelineBlock
  | CurvesBlock
  | BarsBlock
  | ForestBlock;

/** All that one result says. */
export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A named figure of a result: what `compare` and the gate look at. */
export interface NamedFigure extends Spread {
  /** The same for the same quantity in every run: 'no-op, 16 in flight: millrace'. */
  readonly name: string;
  readonly unit: Unit;
  /** Absent where neither is. */
  readonly better?: 'more' | 'less';
  /** The figure of each round, in their order. */
  readonly rounds?: readonly number[];
}

/** A heading. */
export function heading(words: string): HeadingBlock {
  return { kind: 'heading', text: words };
}

/** A paragraph. */
export function text(words: string, role?: TextBlock['role']): TextBlock {
  return { kind: 'text', text: words, ...(role && { role }) };
}

/** A row of figures, each with its range; '-' where there is none. */
export function spreadRow(
  label: string,
  spreads: ReadonlyArray<Spread | undefined>,
  format: (value: number) => string,
): (Cell | string)[] {
  return [label, ...spreads.map((spread) => spreadCell(spread, format))];
}

/** A figure with its range; '-' where there is none. */
export function spreadCell(
  spread: Spread | undefined,
  format: (value: number) => string,
): Cell | string {
  if (spread === undefined) return '-';
  return { text: format(spread.median), range: `${format(spread.min)}–${format(spread.max)}` };
}

/** A figure of several rounds with its name. */
export function named(
  figure: Spread & { readonly rounds?: readonly number[] },
  name: string,
  unit: Unit,
  better?: 'more' | 'less',
): NamedFigure {
  return { ...figure, name, unit, ...(better && { better }) };
}

/** A figure that was measured once. */
export function oneFigure(
  name: string,
  value: number,
  unit: Unit,
  better?: 'more' | 'less',
): NamedFigure {
  return { name, unit, median: value, min: value, max: value, ...(better && { better }) };
}
