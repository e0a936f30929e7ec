/**
 * Defines the description of a result, as plain data: a scenario makes it once from its result, and it is rendered
 * for a terminal (`terminal/document.ts`), as Markdown (`markdown/document.ts`) and as a page (`html/`).
 *
 * Invariants: every value in a chart is also in a table or a sentence; no text contains markup or color; nothing here
 * depends on how it is drawn. A table's head names the unit of each column; if the rows have units of their own, each
 * row's name or each cell names it.
 */
import type { Spread } from '../math/series.js';
import type { Sample } from '../math/statistics.js';

/** The meaning of a text beyond its words, for coloring it; color alone never conveys it. */
export type Meaning = 'good' | 'bad' | 'faint';

/** A cell of a table. */
export interface Cell {
  readonly text: string;
  /** Min–max of the rounds, such as '14.8–15.3'. */
  readonly range?: string;
  readonly meaning?: Meaning;
}

/** A heading over adjacent columns, with the unit that they share. The first group starts at the second column. */
export interface ColumnGroup {
  readonly title: string;
  readonly columns: number;
}

/** A table. The first cell of a row is its name. */
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
  /** 'faint' for an explanation of a table; 'point' for one of several conclusions. */
  readonly role?: 'faint' | 'point';
}

/** Text to copy: kept as it is, line by line; a command may be broken where a shell joins it again. */
export interface CodeBlock {
  readonly kind: 'code';
  readonly text: string;
  /** Default: 'js'. */
  readonly language?: 'js' | 'sh';
}

/** The quantity that an axis shows. */
export interface Axis {
  readonly label: string;
  readonly unit: Unit;
  /** On a 'percentile' axis values are shares, such as 0.99, and each nine takes as much space as the one before. */
  readonly scale?: 'linear' | 'log' | 'percentile';
}

/** The axis of latencies by percentile, labeled p50, p90, p99 and p99.9. */
export const PERCENTILE_AXIS: Axis = { label: 'percentile', unit: 'percent', scale: 'percentile' };

/** The units in which a value can be formatted. */
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

/** Amounts over time, one curve per series; in a terminal, one area chart below the other. */
export interface TimelineBlock {
  readonly kind: 'timeline';
  readonly title: string;
  readonly axis: Axis;
  /** The span of the time axis. */
  readonly seconds: number;
  /** A limit, drawn as a line. */
  readonly ceiling?: { readonly label: string; readonly value: number };
  readonly series: readonly TimelineSeries[];
}

export interface TimelineSeries {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** End of the curve. */
  readonly endSeconds: number;
  /** How the series ended, in words. */
  readonly ending: string;
  /** Whether it ended prematurely; marked by a cross. */
  readonly isCutShort: boolean;
}

/** One quantity over another. A terminal shows these values in tables and does not draw the curves. */
export interface CurvesBlock {
  readonly kind: 'curves';
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: ReadonlyArray<{
    readonly name: string;
    readonly points: ReadonlyArray<readonly [x: number, y: number]>;
    /** True for a bound or an expectation instead of measured values; drawn dashed. */
    readonly isReference?: boolean;
  }>;
}

/**
 * Values side by side, each with its range. Bars of ratios start at 1 and extend to either side on a logarithmic
 * scale; others start at zero.
 */
export interface BarsBlock {
  readonly kind: 'bars';
  readonly title: string;
  readonly axis: Axis;
  /** A labeled line at this value: the target. For ratios it is at 1, where both sides are equal. */
  readonly mark?: { readonly label: string; readonly value: number };
  readonly bars: readonly Bar[];
  /** Further values that the scale has to contain, so that several charts share one. */
  readonly scaleHolds?: readonly number[];
}

export interface Bar {
  readonly name: string;
  readonly figure: Spread;
  /** Name of the series (variant) that determines the color. Default: millrace. */
  readonly series?: string;
}

/**
 * Changes with their intervals, one row each, with the individual rounds below: a forest plot. All values are shares,
 * of which more is worse.
 */
export interface ForestBlock {
  readonly kind: 'forest';
  readonly title: string;
  /** Meanings of the vertical lines besides that of no change, without duplicates. */
  readonly marks: readonly string[];
  readonly rows: readonly ForestRow[];
}

export interface ForestRow {
  /** Rows of the same group are adjacent; its name is written once. */
  readonly group?: string;
  readonly name: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** The estimate in words, such as '12.4 % slower'. Default: the signed share. */
  readonly change?: string;
  readonly rounds: readonly number[];
  /** Values of this row's vertical lines, in the order of the block's marks. */
  readonly marks: readonly number[];
  /** The conclusion, in a word. */
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

/** The complete description of one result. */
export interface Document {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A named metric of a result, as `compare` and the gate read it. */
export interface NamedFigure extends Spread {
  /** Identifies the same metric in every run: 'no-op, 16 in flight: millrace'. */
  readonly name: string;
  readonly unit: Unit;
  /** Absent if neither is better. */
  readonly better?: 'more' | 'less';
  /** The value of each round, in order. */
  readonly rounds?: readonly number[];
}

export function heading(words: string): HeadingBlock {
  return { kind: 'heading', text: words };
}

/** A paragraph. */
export function text(words: string, role?: TextBlock['role']): TextBlock {
  return { kind: 'text', text: words, ...(role && { role }) };
}

/** Returns a row of values, each with its range; '-' if there is none. */
export function spreadRow(
  label: string,
  spreads: ReadonlyArray<Spread | undefined>,
  format: (value: number) => string,
): (Cell | string)[] {
  return [label, ...spreads.map((spread) => spreadCell(spread, format))];
}

/** Returns a value with its range; '-' if there is none. */
export function spreadCell(
  spread: Spread | undefined,
  format: (value: number) => string,
): Cell | string {
  if (spread === undefined) return '-';
  return { text: format(spread.median), range: `${format(spread.min)}–${format(spread.max)}` };
}

/** Names a metric of several rounds. */
export function named(
  figure: Spread & { readonly rounds?: readonly number[] },
  name: string,
  unit: Unit,
  better?: 'more' | 'less',
): NamedFigure {
  return { ...figure, name, unit, ...(better && { better }) };
}

/** Names a value that was measured once. */
export function oneFigure(
  name: string,
  value: number,
  unit: Unit,
  better?: 'more' | 'less',
): NamedFigure {
  return { name, unit, median: value, min: value, max: value, ...(better && { better }) };
}
