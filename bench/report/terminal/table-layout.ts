/**
 * Fits a table into a number of columns of the screen, by the following steps, each taken only if those before it do
 * not suffice:
 *
 * 1. the names (the first column) wrap, down to 14 columns;
 * 2. the heads wrap, into two lines before they take more;
 * 3. the texts of the cells wrap;
 * 4. the last columns of the table continue in another part below, with the names repeated; a group of columns stays
 *    together if it fits.
 *
 * Invariants: no cell is lost; no part is wider than requested; a number is never separated from its unit.
 */
import type { Cell, ColumnGroup } from '../document.js';
import { widthOf } from './paint.js';
import { widestWord } from './wrap.js';

/** Width of the gap between two columns. */
export const GAP = 2;
const MIN_NAME_COLUMNS = 14;

/** A table of cells; the first cell of a row is its name. */
export interface Grid {
  readonly head: readonly string[];
  readonly groups: readonly ColumnGroup[];
  readonly rows: ReadonlyArray<readonly Cell[]>;
}

/** A part of the table that is drawn at once, with the widths of its columns. */
export interface Part {
  readonly grid: Grid;
  readonly widths: readonly number[];
}

const STEPS = ['names wrap', 'heads take two lines', 'heads wrap', 'cells wrap'] as const;
/** Each step includes those before it. */
type Step = (typeof STEPS)[number];

/** Splits the table into as many parts as needed. */
export function layOut(grid: Grid, columns: number): Part[] {
  const names = Math.max(widthOf(grid.head[0] ?? ''), ...columnOf(grid, 0).map(widthOfCell));
  const least = Math.min(names, MIN_NAME_COLUMNS);
  for (const step of STEPS) {
    const needed = neededWidths(grid, step, columns - least - GAP);
    const left = columns - total(needed);
    if (left < least) continue;
    const widths = step === 'cells wrap' ? widen(needed, grid, left - least) : needed;
    return [{ grid, widths: [Math.min(names, columns - total(widths)), ...widths] }];
  }
  const cut = cutOf(grid, columns - least);
  const all = grid.head.map((_, column) => column).slice(1);
  return [all.slice(0, cut), all.slice(cut)].flatMap((own) => layOut(only(grid, own), columns));
}

/** Sums the widths, with the gap before each. */
function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + GAP, 0);
}

/** Returns the widths that the columns after the names need; a column whose cells wrap gets max `most`. */
function neededWidths(grid: Grid, step: Step, most: number): number[] {
  const headWidth =
    step === 'names wrap' ? widthOf : step === 'heads take two lines' ? halfWidth : widestWord;
  const cellWidth = step === 'cells wrap' ? widestWord : widthOf;
  const widths = grid.head.slice(1).map((title, at) => {
    const cells = columnOf(grid, at + 1).flatMap(({ text, range = '' }) => [text, range]);
    const needed = Math.max(headWidth(title), ...cells.map(cellWidth));
    return step === 'cells wrap' ? Math.min(most, needed) : needed;
  });
  // A group's title needs space, too: its columns share the missing width.
  let from = 0;
  for (const { title, columns } of grid.groups) {
    const own = total(widths.slice(from, from + columns)) - GAP;
    const missing = Math.max(0, Math.min(most, headWidth(title)) - own);
    for (let at = 0; at < columns; at += 1) {
      const share = Math.floor((missing + at) / columns);
      widths[from + at] = (widths[from + at] ?? 0) + share;
    }
    from += columns;
  }
  return widths;
}

/** Returns the smallest width at which a text fits into two lines. */
function halfWidth(text: string): number {
  const words = text.split(' ');
  const widths = words.map((_, at) => {
    const lines = [words.slice(0, at + 1), words.slice(at + 1)];
    return Math.max(...lines.map((line) => widthOf(line.join(' '))));
  });
  return Math.min(...widths);
}

/** Distributes the remaining width to the columns whose cells wrap, from the left. */
function widen(widths: readonly number[], grid: Grid, room: number): number[] {
  const wanted = neededWidths(grid, 'heads wrap', Infinity);
  let left = room;
  return widths.map((width, at) => {
    const more = Math.max(0, Math.min(left, (wanted[at] ?? 0) - width));
    left -= more;
    return width + more;
  });
}

/** Number of columns in the first part, not counting the names; at least one. */
function cutOf(grid: Grid, room: number): number {
  const widths = neededWidths(grid, 'heads wrap', room);
  let taken = 0;
  while (taken < widths.length - 1 && total(widths.slice(0, taken + 1)) <= room) taken += 1;
  const starts = grid.groups.map((_, at) =>
    grid.groups.slice(0, at).reduce((sum, { columns }) => sum + columns, 0),
  );
  const isInGroup = grid.groups.some(({ columns }, at) => {
    const start = starts[at] ?? 0;
    return taken > start && taken < start + columns;
  });
  const start = starts.findLast((each) => each <= taken) ?? 0;
  return Math.max(1, isInGroup && start > 0 ? start : taken);
}

/** Returns the names and some of the other columns. */
function only({ head, groups, rows }: Grid, columns: readonly number[]): Grid {
  const all = [0, ...columns];
  const groupOf = groups.flatMap(({ columns: count }, at) =>
    Array.from({ length: count }, () => at),
  );
  return {
    head: all.map((column) => head[column] ?? ''),
    rows: rows.map((row) => all.map((column) => row[column] ?? { text: '' })),
    groups: groups.flatMap(({ title }, at) => {
      const count = columns.filter((column) => groupOf[column - 1] === at).length;
      return count === 0 ? [] : [{ title, columns: count }];
    }),
  };
}

function widthOfCell({ text, range = '' }: Cell): number {
  return Math.max(widthOf(text), widthOf(range));
}

function columnOf({ rows }: Grid, column: number): Cell[] {
  return rows.map((row) => row[column] ?? { text: '' });
}
