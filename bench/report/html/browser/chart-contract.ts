/**
 * Defines the data that the script of the page reads, as JSON, to draw a chart.
 *
 * Invariants: plain data; it belongs to the browser's side, and who writes the page follows it.
 */
import type { Unit } from '../../document.js';

/** One axis of a chart. */
export interface ChartAxis {
  readonly unit: Unit;
  readonly isLog: boolean;
  /** Values are 1 ÷ (1 - share), on a logarithmic axis: 100 is p99. */
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
  /** Whether each point is marked. */
  readonly hasPoints: boolean;
  readonly ceiling?: { readonly label: string; readonly value: number };
  /** Where a series ended before its time. */
  readonly crosses: ReadonlyArray<{
    readonly series: number;
    readonly x: number;
    readonly y: number;
  }>;
}

/** How the line of a series looks. */
export interface Look {
  /** Its colour's place in the theme; references have none, they are muted. */
  readonly color: number | undefined;
  /** Lengths of strokes and gaps in CSS pixels; none for a solid line. */
  readonly dash: readonly number[];
  readonly widthPx: number;
}
