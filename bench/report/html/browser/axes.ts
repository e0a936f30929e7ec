/**
 * Defines the scales and axes of a chart in uPlot's format.
 *
 * Invariants: every tick is labeled in its unit; a logarithmic axis has as many ticks as fit.
 */
import type UPlot from 'uplot';
import type { ChartAxis } from './chart-contract.js';
import { formatPercentile, formatTick, incrementsOf, percentileTicks } from './ticks.js';

/** The library's own script comes first in the page. */
declare const uPlot: typeof UPlot;

/** Font of all text on a canvas. */
export const FONT = '12px system-ui, sans-serif';

export function scaleFor({ isLog, isPercentile, min, max }: ChartAxis): UPlot.Scale {
  // A logarithmic axis ends at round values, which have ticks.
  const range =
    isLog && isPercentile !== true
      ? uPlot.rangeLog(min, max, 10, false)
      : ([min, max] as [number, number]);
  return { time: false, distr: isLog ? 3 : 1, range };
}

export function axisFor(axis: ChartAxis, side: 'x' | 'y'): UPlot.Axis {
  const { unit, isLog, isPercentile, min, max } = axis;
  const filter = isLog &&
    isPercentile !== true && { filter: side === 'x' ? filterAcross : filterUpwards };
  const percentiles = isPercentile === true && {
    splits: () => percentileTicks(min, max),
    filter: (_: UPlot, splits: number[]) => splits,
  };
  return {
    stroke: colorOf('muted'),
    font: FONT,
    gap: 6,
    space: side === 'x' ? 64 : 44,
    grid: { stroke: colorOf('grid'), width: 1, ...filter },
    ticks: { stroke: colorOf('rule'), width: 1, size: 5, ...filter },
    ...filter,
    ...percentiles,
    values: (_, splits) =>
      splits.map((value) => {
        if (value === null) return '';
        return isPercentile === true ? formatPercentile(value) : formatTick(value, unit);
      }),
    incrs: incrementsOf(unit),
    size: side === 'y' ? widthOfTicks : 28,
  };
}

const filterAcross: UPlot.Axis.Filter = (plot, splits) =>
  roundTicks(splits, plot.scales['x'], plot.width / 120);

const filterUpwards: UPlot.Axis.Filter = (plot, splits) =>
  roundTicks(splits, plot.scales['y'], plot.height / 80);

/** Ticks of a logarithmic axis: 1, 2, 5, 10 … if every power of ten has space for them, else only the powers. */
function roundTicks(splits: number[], scale: UPlot.Scale | undefined, room: number) {
  const powers = Math.log10((scale?.max ?? 1) / (scale?.min ?? 1));
  const digits = room >= powers ? ['1', '2', '5'] : ['1'];
  return splits.map((value) => (digits.includes(value.toExponential(0).charAt(0)) ? value : null));
}

/** Returns the width of the widest tick label, with its margin. */
function widthOfTicks(plot: UPlot, texts: string[] | null): number {
  plot.ctx.save();
  plot.ctx.font = FONT;
  const widths = (texts ?? []).map((text) => plot.ctx.measureText(text ?? '').width);
  plot.ctx.restore();
  return Math.ceil(Math.max(24, ...widths)) + 14;
}

/** Reads a color of the page, as it is now. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
