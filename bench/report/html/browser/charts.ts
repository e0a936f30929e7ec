/**
 * Draws the page's charts in their places, in the page's colors, and shows the values below the pointer.
 *
 * Invariants: a chart is as wide as its place, in every size of the window and on paper; when the page's colors
 * change, it is redrawn. A chart adds no fact that the page lacks without it.
 */
import type UPlot from 'uplot';
import { formatUnit } from '../../format.js';
import { axisFor, colorOf, FONT, scaleFor } from './axes.js';
import type { ChartAxis, ChartData } from './chart-contract.js';
import { formatPercentile } from './ticks.js';

/** The library's own script comes first in the page. */
declare const uPlot: typeof UPlot;

/** Width that fits on a portrait page with margins. */
const PAPER_WIDTH_PX = 640;
/** In a chart that is narrower than high, curves look steeper than they are. */
const heightFor = (width: number): number => Math.round(Math.max(220, Math.min(360, width * 0.42)));

/** A drawn chart and its data. */
class Chart {
  readonly #place: HTMLElement;
  readonly #data: ChartData;
  readonly #readings: readonly HTMLElement[];
  readonly #at: HTMLElement | null;
  #plot: UPlot | undefined;

  constructor(figure: HTMLElement) {
    this.#place = figure.querySelector('.plot') as HTMLElement;
    this.#data = JSON.parse(figure.querySelector('script')?.textContent ?? '') as ChartData;
    this.#readings = [...figure.querySelectorAll<HTMLElement>('.legend .reading')];
    this.#at = figure.querySelector('.axis .at');
    new ResizeObserver(() => this.fit(this.#place.clientWidth)).observe(this.#place);
  }

  /** Redraws the chart in the current colors. */
  draw(width: number = this.#place.clientWidth): void {
    this.#plot?.destroy();
    const { columns } = this.#data;
    this.#plot = new uPlot(this.#options(width), columns as UPlot.AlignedData, this.#place);
  }

  fit(width: number): void {
    if (this.#plot === undefined || width === 0 || isOnPaper()) return;
    if (this.#plot.width === width) return;
    this.#plot.setSize({ width, height: heightFor(width) });
  }

  #options(width: number): UPlot.Options {
    const { x, y, looks, hasPoints } = this.#data;
    return {
      width,
      height: heightFor(width),
      padding: [12, 24, 0, 0],
      legend: { show: false },
      cursor: {
        drag: { x: false, y: false },
        points: { size: 8 },
        dataIdx: (plot, series, index) => nearest(plot, series, index),
      },
      scales: { x: scaleFor(x), y: scaleFor(y) },
      axes: [axisFor(x, 'x'), axisFor(y, 'y')],
      series: [
        {},
        ...looks.map(({ color, dash, widthPx }): UPlot.Series => {
          const stroke = colorOf(color === undefined ? 'muted' : `series-${color}`);
          const points = { show: hasPoints && color !== undefined, size: 7, stroke, fill: stroke };
          return { stroke, width: widthPx, dash: [...dash], spanGaps: true, points };
        }),
      ],
      hooks: {
        draw: [(plot) => this.#mark(plot)],
        setLegend: [(plot) => this.#read(plot)],
      },
    };
  }

  /** Draws the limit and marks the premature ends. */
  #mark(plot: UPlot): void {
    const { ctx, bbox } = plot;
    const { ceiling, crosses, looks, y } = this.#data;
    ctx.save();
    ctx.scale(devicePixelRatio, devicePixelRatio);
    const left = bbox.left / devicePixelRatio;
    const right = (bbox.left + bbox.width) / devicePixelRatio;
    const place = (value: number, scale: string) =>
      plot.valToPos(value, scale, true) / devicePixelRatio;
    if (ceiling !== undefined) {
      const top = place(ceiling.value, 'y');
      ctx.strokeStyle = colorOf('bad');
      ctx.fillStyle = colorOf('bad');
      ctx.lineWidth = 1.5;
      ctx.setLineDash([6, 4]);
      line(ctx, [left, top], [right, top]);
      ctx.font = FONT;
      ctx.textAlign = 'left';
      ctx.textBaseline = 'top';
      ctx.fillText(`${ceiling.label}, ${formatUnit(ceiling.value, y.unit)}`, left + 8, top + 5);
    }
    ctx.setLineDash([]);
    ctx.lineCap = 'round';
    for (const { series, x, y: value } of crosses) {
      const [across, down] = [place(x, 'x'), place(value, 'y')];
      for (const [color, width] of [
        [colorOf('paper'), 7],
        [colorOf(`series-${looks[series]?.color ?? 0}`), 3],
      ] as const) {
        ctx.strokeStyle = color;
        ctx.lineWidth = width;
        line(ctx, [across - 6, down - 6], [across + 6, down + 6]);
        line(ctx, [across - 6, down + 6], [across + 6, down - 6]);
      }
    }
    ctx.restore();
  }

  /** Shows the values below the pointer in the legend; none if the pointer has left. */
  #read(plot: UPlot): void {
    const { idx, idxs } = plot.cursor;
    const { x, y, columns } = this.#data;
    const at = idx === null || idx === undefined ? undefined : columns[0]?.[idx];
    if (this.#at !== null) this.#at.textContent = typeof at === 'number' ? say(at, x) : '';
    for (const [series, element] of this.#readings.entries()) {
      const index = idxs?.[series + 1];
      const value = typeof index === 'number' ? columns[series + 1]?.[index] : undefined;
      element.textContent = typeof value === 'number' ? say(value, y) : '';
    }
  }
}

const isOnPaper = (): boolean => document.documentElement.classList.contains('paper');

const say = (value: number, { unit, isPercentile }: ChartAxis): string =>
  isPercentile === true ? formatPercentile(value) : formatUnit(value, unit);

/**
 * Returns the index of the nearest value of a series, which has none at most x values of the others; null after its
 * end.
 */
function nearest(plot: UPlot, series: number, index: number): number | null {
  if (series === 0) return index;
  const values = plot.data[series] ?? [];
  const has = (at: number): boolean => typeof values[at] === 'number';
  if (!values.some((_, at) => at >= index && has(at))) return null;
  for (let distance = 0; distance < values.length; distance += 1) {
    if (has(index - distance)) return index - distance;
    if (has(index + distance)) return index + distance;
  }
  return null;
}

function line(ctx: CanvasRenderingContext2D, from: [number, number], to: [number, number]): void {
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

const charts = [...document.querySelectorAll<HTMLElement>('figure.chart')].map(
  (figure) => new Chart(figure),
);
for (const chart of charts) chart.draw();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const chart of charts) chart.draw();
});

// Paper has other colors and another width; the boxes have been opened before.
addEventListener('beforeprint', () => {
  for (const chart of charts) chart.draw(PAPER_WIDTH_PX);
});
addEventListener('afterprint', () => {
  for (const chart of charts) chart.draw();
});
