/**
 * Renders the page's timelines and curves: a caption, a legend, a place that the script draws into, and the values as
 * a table.
 *
 * Invariants: the drawing alone conveys nothing; the legend shows color and dashes beside every name, and in words
 * how the series ended.
 */
import type { Axis, CurvesBlock, TableBlock, TimelineBlock } from '../document.js';
import { formatUnit } from '../format.js';
import { scaleOf } from '../timeline.js';
import { formatPercentile, formatTick } from './browser/ticks.js';
import type { ChartData, Look } from './browser/chart-contract.js';
import { curvesData, timelineData } from './chart-data.js';
import { jsonMarkup, type Markup, markup } from './markup.js';
import type { Palette } from './palette.js';
import { renderTable } from './table.js';

/** Max rows of a timeline's table. */
const MAX_ROWS = 12;
const SPANS_SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
const SECONDS: Axis = { label: 'time', unit: 'seconds' };

interface LegendEntry {
  readonly name: string;
  readonly look: Look;
  readonly note?: string | undefined;
  readonly isCutShort?: boolean;
}

/** Renders amounts over time. */
export function renderTimeline(block: TimelineBlock, tableName: string, palette: Palette): Markup {
  const { title, axis, ceiling, series } = block;
  const looks = palette.looksOf(series);
  const { isCeilingInScale } = scaleOf(block);
  const entries = series.map(({ name, ending, isCutShort }, at) => ({
    name,
    look: looks[at] as Look,
    note: ending,
    isCutShort,
  }));
  return renderFigure({
    title,
    x: SECONDS,
    y: axis,
    data: timelineData(block, looks),
    entries,
    table: timelineTable(block),
    tableName,
    ...(ceiling && {
      note: `The ${ceiling.label}, ${formatUnit(ceiling.value, axis.unit)}, ${
        isCeilingInScale ? 'is the dashed level line' : 'lies far above what is shown'
      }.${series.some(({ isCutShort }) => isCutShort) ? ' A cross marks an early end.' : ''}`,
    }),
  });
}

/** Renders one quantity over another. */
export function renderCurves(block: CurvesBlock, tableName: string, palette: Palette): Markup {
  const { title, x, y, series } = block;
  const looks = palette.looksOf(series);
  const entries = series.map(({ name, isReference }, at) => ({
    name,
    look: looks[at] as Look,
    note: isReference === true ? 'for reference' : undefined,
  }));
  return renderFigure({
    title,
    x,
    y,
    data: curvesData(block, looks),
    entries,
    table: curvesTable(block),
    tableName,
  });
}

interface FigureParts {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly data: ChartData;
  readonly entries: readonly LegendEntry[];
  readonly table: Omit<TableBlock, 'kind'>;
  readonly tableName: string;
  readonly note?: string;
}

function renderFigure({ title, x, y, data, entries, table, tableName, note }: FigureParts): Markup {
  const label = `Line chart. ${title}: ${y.label} by ${x.label}. The values are in the table below it.`;
  return markup`<figure class="chart">
<figcaption>${title}</figcaption>
<ul class="legend">
${entries.map((entry) => renderEntry(entry))}</ul>
<p class="axis" aria-hidden="true"><span>${nameOf(y)}</span></p>
<div class="plot" role="img" aria-label="${label}"></div>
<p class="axis x" aria-hidden="true"><span class="at"></span><span>${nameOf(x)}</span></p>
${note === undefined ? undefined : markup`<p class="note">${note}</p>\n`}<details>
<summary>The values as a table</summary>
${renderTable(table, tableName)}</details>
<script type="application/json">${jsonMarkup(data)}</script>
</figure>
`;
}

function nameOf({ label, scale }: Axis): string {
  return scale === 'log' ? `${label} (logarithmic)` : label;
}

function renderEntry({ name, look, note, isCutShort }: LegendEntry): Markup {
  const color = look.color === undefined ? 'muted' : `series-${look.color}`;
  const dash =
    look.dash.length === 0 ? undefined : markup` stroke-dasharray="${look.dash.join(' ')}"`;
  const cross = isCutShort === true ? markup`<b class="bad">✕</b> ` : undefined;
  const words = note === undefined ? undefined : markup` <span class="note">${cross}${note}</span>`;
  return markup`<li><svg width="30" height="10" aria-hidden="true"><path d="M0 5H30" style="stroke:var(--${color})" stroke-width="${look.widthPx}"${dash}/></svg><span><span class="name">${name}</span>${words} <span class="reading" aria-hidden="true"></span></span></li>
`;
}

/** Lists the highest value of each span of time, as the terminal shows it. */
function timelineTable({ axis, seconds, series }: TimelineBlock): Omit<TableBlock, 'kind'> {
  const end = Math.max(seconds, ...series.map(({ samples }) => samples.at(-1)?.seconds ?? 0));
  const span = SPANS_SECONDS.find((each) => end / each <= MAX_ROWS) ?? end / MAX_ROWS;
  const rows = Array.from({ length: Math.ceil(end / span) }, (_, row) => {
    const [from, to] = [row * span, Math.min(end, (row + 1) * span)];
    const highest = series.map(({ samples }) =>
      samples
        .filter(({ seconds: at }) => at >= from && (at < to || to === end))
        .reduce<number | undefined>((most, { value }) => Math.max(most ?? value, value), undefined),
    );
    return [
      `${formatTick(from, 'seconds')} to ${formatTick(to, 'seconds')}`,
      ...highest.map((value) => (value === undefined ? '-' : formatUnit(value, axis.unit))),
    ];
  });
  return {
    groups: [{ title: `max ${axis.label}`, columns: series.length }],
    head: ['time', ...series.map(({ name }) => name)],
    rows,
  };
}

function curvesTable({ x, y, series }: CurvesBlock): Omit<TableBlock, 'kind'> {
  const xs = [...new Set(series.flatMap(({ points }) => points.map((point) => point[0])))];
  const rows = Array.from(
    xs.toSorted((a, b) => a - b),
    (at) => [
      x.scale === 'percentile' ? formatPercentile(1 / (1 - at)) : formatUnit(at, x.unit),
      ...series.map(({ points }) => {
        const value = points.find((point) => point[0] === at)?.[1];
        return value === undefined ? '-' : formatUnit(value, y.unit);
      }),
    ],
  );
  return {
    groups: [{ title: y.label, columns: series.length }],
    head: [x.label, ...series.map(({ name }) => name)],
    rows,
  };
}
