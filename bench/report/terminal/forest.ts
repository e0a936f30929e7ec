/**
 * Renders a forest plot as text: one line for each row, on one scale.
 *
 * Invariants: no line is wider than 80 columns; the estimate and what it comes to are written beside
 * the drawing; where marks fall on the same column, the estimate hides the interval, that the lines, and
 * these the rounds.
 */
import type { ForestBlock, ForestRow } from '../document.js';
import { type ForestScale, forestScaleOf, formatShare } from '../forest-scale.js';
import { formatChange, formatList } from '../format.js';
import { type Paint, plain, widthOf } from './paint.js';
import { breakWords, COLUMNS, wrap } from './wrap.js';

const GAP = 2;

/** The lines of a forest plot, with its scale and how to read it. */
export function renderForest(
  { marks, rows }: Omit<ForestBlock, 'kind' | 'title'>,
  paint: Paint = plain,
): string[] {
  const scale = forestScaleOf(rows);
  const indent = rows.some(({ group }) => group !== undefined) ? GAP : 0;
  const nameColumns = indent + Math.max(0, ...rows.map(({ name }) => widthOf(name)));
  const changeColumns = Math.max(0, ...rows.map(({ estimate }) => widthOf(formatChange(estimate))));
  const endingColumns = Math.max(0, ...rows.map(({ ending }) => widthOf(ending)));
  const columns = COLUMNS - nameColumns - changeColumns - endingColumns - 3 * GAP;
  const gap = ' '.repeat(GAP);
  const lines = rows.flatMap((row, at) => {
    const { group, name, estimate, ending, meaning } = row;
    const isNew = group !== undefined && group !== rows[at - 1]?.group;
    const words = meaning === undefined ? ending : paint(meaning, ending);
    const label = `${' '.repeat(indent)}${name}`.padEnd(nameColumns);
    const change = formatChange(estimate).padStart(changeColumns);
    return [
      ...(isNew ? wrap(breakWords(group)) : []),
      [label, renderRow(row, scale, columns), change, words].join(gap),
    ];
  });
  return [
    ...lines,
    `${' '.repeat(nameColumns + GAP)}${renderTicks(scale, columns)}`,
    ...wrap(explain(marks, rows)).map((line) => paint('faint', line)),
  ];
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

/** Those that have room beside the ones to their left. */
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
  return `● estimate, ├─┤ its interval, · a round; ${upright.join(', ')}. Right is worse.`;
}
