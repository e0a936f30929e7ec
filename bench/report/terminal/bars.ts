/**
 * Renders figures as bars of block characters, each with its value and the range of its rounds.
 *
 * Invariants: no line is wider than 80 columns; a bar is as long as its figure, to an eighth of a
 * column; nothing depends on colour.
 */
import type { BarsBlock } from '../document.js';
import { formatUnit } from '../format.js';
import { type Paint, plain, widthOf } from './paint.js';
import { COLUMNS } from './wrap.js';

const EIGHTHS = ' ▏▎▍▌▋▊▉█';

/** The lines of a chart of bars. */
export function renderBars(
  { axis, mark, bars }: Omit<BarsBlock, 'kind' | 'title'>,
  paint: Paint = plain,
): string[] {
  const labels = bars.map(({ name }) => name);
  const values = bars.map(({ figure }) => {
    const [median, min, max] = [figure.median, figure.min, figure.max].map((value) =>
      formatUnit(value, axis.unit),
    );
    return min === max ? `${median}` : `${median} (${min}–${max})`;
  });
  const labelWidth = Math.max(0, ...labels.map(widthOf));
  const valueWidth = Math.max(0, ...values.map(widthOf));
  const columns = Math.max(8, COLUMNS - labelWidth - valueWidth - 4);
  const top = Math.max(mark?.value ?? 0, ...bars.map(({ figure }) => figure.median)) || 1;
  return bars.map(({ figure }, at) => {
    const eighths = Math.round((figure.median / top) * columns * 8);
    const bar = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '').trimEnd();
    const label = (labels[at] as string).padEnd(labelWidth);
    const markAt =
      mark === undefined ? -1 : Math.min(columns - 1, Math.round((mark.value / top) * columns));
    const cells = [...bar.padEnd(columns)].map((cell, column) =>
      column === markAt && cell === ' ' ? '┊' : cell,
    );
    return `${label}  ${paint('good', cells.join(''))}  ${values[at]}`.trimEnd();
  });
}
