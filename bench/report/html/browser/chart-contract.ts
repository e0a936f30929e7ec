/**
 * Defines the data that the page's script reads, as JSON, to draw a chart.
 *
 * Invariants: plain data; the browser's side owns this format, and the code that writes the page follows it.
 */
import type { Unit } from '../../document.js';

/** One axis of a chart. */
export interface ChartAxis {
  readonly unit: Unit;
  readonly isLog: boolean;
  /** Values are 1 ÷ (1 − share), on a logarithmic axis: 100 is p99. */
  readonly isPercentile?: boolean;
  readonly min: number;
  readonly max: number;
}

/** A chart as plain data. */
export interface ChartData {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  /** The x values, then the y values of each series. */
  readonly columns: ReadonlyArray<readonly (number | null)[]>;
  readonly looks: readonly Look[];
  /** Whether each point has a marker. */
  readonly hasPoints: boolean;
  readonly ceiling?: { readonly label: string; readonly value: number };
  /** Places where a series ended prematurely. */
  readonly crosses: ReadonlyArray<{
    readonly series: number;
    readonly x: number;
    readonly y: number;
  }>;
}

/** The style of a series' line. */
export interface Look {
  /** Index of its color in the theme; undefined for references, which are muted. */
  readonly color: number | undefined;
  /** Lengths of strokes and gaps in CSS pixels; empty for a solid line. */
  readonly dash: readonly number[];
  readonly widthPx: number;
}
