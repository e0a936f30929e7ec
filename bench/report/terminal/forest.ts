/**
 * Renders a forest plot as text: one line per row, all on one scale.
 *
 * Invariants: no line is wider than requested: names wrap at a quarter of the width, and if the drawing would be too
 * narrow, a row's conclusion moves to the line below; the estimate and the conclusion are written beside the drawing;
 * if marks share a column, the estimate covers the interval, the interval the vertical lines, and these the rounds.
 */
import type { ForestBlock, ForestRow } from '../document.js';
import { type ForestScale, forestScaleOf, formatShare } from '../forest-scale.js';
import { formatChange, formatList } from '../format.js';
import { type Paint, plain, widthOf } from './paint.js';
import { DEFAULT_COLUMNS, textColumns } from './screen.js';
import { fit } from './wrap.js';

const GAP = 2;
const BLANKS = ' '.repeat(GAP);
const MIN_NAME_COLUMNS = 16;
const MIN_PLOT_COLUMNS = 20;

/** Renders the lines of a forest plot, with its scale and an explanation. */
export function renderForest(
  { marks, rows }: Omit<ForestBlock, 'kind' | 'title'>,
  paint: Paint = plain,
  columns: number = DEFAULT_COLUMNS,
): string[] {
  const scale = forestScaleOf(rows);
  const indent = rows.some(({ group }) => group !== undefined) ? GAP : 0;
  const nameRoom = Math.max(MIN_NAME_COLUMNS, Math.floor(columns / 4)) - indent;
  const names = rows.map(({ name }) => fit(name, nameRoom, 0));
  const widths = {
    name: indent + Math.max(0, ...names.flat().map(widthOf)),
    change: Math.max(0, ...rows.map((row) => widthOf(changeOf(row)))),
    ending: Math.max(0, ...rows.map(({ ending }) => widthOf(ending))),
  };
  const beside = columns - widths.name - widths.change - widths.ending - 3 * GAP;
  const isEndingBelow = beside < MIN_PLOT_COLUMNS;
  const plot = isEndingBelow ? columns - widths.name - widths.change - 2 * GAP : beside;
  const lines = rows.flatMap((row, at) => {
    const { group, ending, meaning } = row;
    const isNew = group !== undefined && group !== rows[at - 1]?.group;
    const words = meaning === undefined ? ending : paint(meaning, ending);
    const [first = '', ...more] = (names[at] ?? []).map((line) => ' '.repeat(indent) + line);
    const cells = [
      first.padEnd(widths.name),
      renderRow(row, scale, plot),
      changeOf(row).padStart(widths.change),
    ];
    return [
      ...(isNew ? fit(group, columns) : []),
      [...cells, ...(isEndingBelow ? [] : [words])].join(BLANKS),
      ...more,
      ...(isEndingBelow ? [' '.repeat(Math.max(0, columns - widthOf(ending))) + words] : []),
    ];
  });
  const reading = fit(explain(marks, rows), textColumns(columns));
  return [
    ...lines,
    `${' '.repeat(widths.name + GAP)}${renderTicks(scale, plot)}`,
    ...reading.map((line) => paint('faint', line)),
  ];
}

function changeOf({ change, estimate }: ForestRow): string {
  return change ?? formatChange(estimate);
}

function renderRow(row: ForestRow, scale: ForestScale, columns: number): string {
  const columnOf = (share: number): number => Math.round(scale.placeOf(share) * (columns - 1));
  const cells = Array.from({ length: columns }, () => ' ');
  for (const round of row.rounds) cells[columnOf(round)] = '·';
  for (const mark of row.marks) cells[columnOf(mark)] = '┊';
  cells[columnOf(0)] = '│';
  const [from, to] = [columnOf(row.low), columnOf(row.high)];
  cells.fill('─', from, to + 1);
  cells[from] = scale.holds(row.low) ? '├' : '‹';
  cells[to] = scale.holds(row.high) ? '┤' : '›';
  cells[columnOf(row.estimate)] = '●';
  return cells.join('');
}

/** Renders the ticks that fit beside those to their left. */
function renderTicks({ ticks, placeOf }: ForestScale, columns: number): string {
  let line = '';
  for (const tick of ticks) {
    const words = formatShare(tick);
    const from = Math.round(placeOf(tick) * (columns - 1)) - Math.floor(words.length / 2);
    const start = Math.max(0, Math.min(columns - words.length, from));
    if (line === '' || start >= line.length + GAP) line = line.padEnd(start) + words;
  }
  return line;
}

function explain(marks: readonly string[], rows: readonly ForestRow[]): string {
  const lines = marks.map((mark, at) => {
    const values = [...new Set(rows.map((row) => formatShare(row.marks[at] ?? 0)))];
    return values.length === 1 ? `${values[0]} (${mark})` : mark;
  });
  const upright = ['│ no change', ...(lines.length === 0 ? [] : [`┊ ${formatList(lines)}`])];
  return `● estimate, ├─┤ its confidence interval, · a round; ${upright.join(', ')}. Right is worse.`;
}
