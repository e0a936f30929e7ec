/**
 * Renders figures as bars of plain HTML: each with its value and range as text, the bar itself only for
 * the eye.
 *
 * Invariants: bars begin at zero and share one scale, which holds all ranges and the mark; without
 * colour nothing is lost.
 */
import type { BarsBlock } from '../document.js';
import { formatUnit } from '../format.js';
import { type Markup, markup } from './markup.js';

/** A figure with a caption. */
export function renderBars({ title, axis, mark, bars }: BarsBlock): Markup {
  const top =
    bars.reduce(
      (most, { figure }) => Math.max(most, figure.median, figure.max),
      mark?.value ?? 0,
    ) || 1;
  const percent = (value: number): string => `${((value / top) * 100).toFixed(2)}%`;
  const format = (value: number): string => formatUnit(value, axis.unit);
  const rows = bars.map(({ name, figure: { median, min, max } }) => {
    const range = min === max ? undefined : markup` <small>${format(min)}–${format(max)}</small>`;
    const spread =
      min === max
        ? undefined
        : markup`<i class="range" style="left:${percent(min)};width:${percent(max - min)}"></i>`;
    return markup`<li><span class="name">${name}</span><span class="value">${format(median)}${range}</span><span class="track" aria-hidden="true"><i class="bar" style="width:${percent(median)}"></i>${spread}${mark === undefined ? undefined : markup`<i class="mark" style="left:${percent(mark.value)}"></i>`}</span></li>
`;
  });
  const note = [
    `${axis.label}; the bar is the median, the thin line goes from the least to the most of the rounds`,
    ...(mark === undefined ? [] : [`the upright line is ${format(mark.value)}: ${mark.label}`]),
  ].join('; ');
  return markup`<figure class="bars">
<figcaption>${title}</figcaption>
<ul>
${rows}</ul>
<p class="note">${note[0]?.toUpperCase()}${note.slice(1)}.</p>
</figure>
`;
}
