/**
 * Renders values as bars in plain HTML: each with its value and range as text; the bar itself is only visual.
 *
 * Invariants: all bars share one scale (`bar-scale.ts`), whose line is labeled; a bar has the color that its variant
 * has in every chart of the page; without color no information is lost.
 */
import { type BarScale, barScaleOf } from '../bar-scale.js';
import type { Bar, BarsBlock } from '../document.js';
import { formatUnit } from '../format.js';
import { type Markup, markup } from './markup.js';
import type { Palette } from './palette.js';

/** Renders a chart with a caption. */
export function renderBars(block: BarsBlock, palette: Palette): Markup {
  const { title, axis, mark, bars } = block;
  const scale = barScaleOf(block);
  const format = (value: number): string => formatUnit(value, axis.unit);
  const line =
    mark && markup`<i class="mark" style="left:${percent(scale.placeOf(mark.value))}"></i>`;
  const note = [
    `${axis.label}; the bar is the median, the thin line goes from min to max of the rounds`,
    ...(axis.unit === 'ratio' ? ['the scale is logarithmic'] : []),
  ].join('; ');
  return markup`<figure class="bars">
<figcaption>${title}</figcaption>
<ul>
${bars.map((bar) => renderBar(bar, scale, palette.colorOf(bar.series), format, line))}${mark && renderMark(`${format(mark.value)}: ${mark.label}`, scale.placeOf(mark.value))}</ul>
<p class="note">${note[0]?.toUpperCase()}${note.slice(1)}.</p>
</figure>
`;
}

function renderBar(
  { name, figure: { median, min, max } }: Bar,
  { base, placeOf }: BarScale,
  color: number,
  format: (value: number) => string,
  line: Markup | undefined,
): Markup {
  const hasRange = min !== max;
  const from = Math.min(base, placeOf(median));
  const length = Math.abs(placeOf(median) - base);
  const range = hasRange ? markup` <small>${format(min)}–${format(max)}</small>` : undefined;
  const spread = hasRange
    ? markup`<i class="range" style="left:${percent(placeOf(min))};width:${percent(placeOf(max) - placeOf(min))}"></i>`
    : undefined;
  return markup`<li><span class="name">${name}</span><span class="value">${format(median)}${range}</span><span class="track" aria-hidden="true"><i class="bar" style="left:${percent(from)};width:${percent(length)};background:var(--series-${color})"></i>${spread}${line}</span></li>
`;
}

/** Renders the label below the bars, beside the end of the line, on the side with more space. */
function renderMark(words: string, place: number): Markup {
  const style =
    place <= 0.5
      ? `margin-left:${percent(place)}`
      : `margin-right:${percent(1 - place)};text-align:right`;
  return markup`<li class="mark-label"><span class="track"><span style="${style}">${words}</span></span></li>
`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
