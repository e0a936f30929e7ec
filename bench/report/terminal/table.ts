/**
 * Renders tables as text: a head, a rule, and one line for each row.
 *
 * Invariants: columns are as wide as their widest cell and two blanks apart; the first is aligned
 * left, the others (figures) right; no line ends in blanks.
 */
import { type Paint, plain, widthOf } from './paint.js';

/** A head over several columns, counted without the first one. */
export interface ColumnGroup {
  readonly title: string;
  readonly columns: number;
}

/** What a table shows; cells may be painted. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
  readonly groups?: readonly ColumnGroup[];
}

const GAP = '  ';

/** The lines of a table. */
export function renderTable({ head, rows, groups }: Table, paint: Paint = plain): string[] {
  const widths = head.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => align(cells[column] ?? '', width, column === 0))
      .join(GAP)
      .trimEnd();
  const total = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
  return [
    ...(groups === undefined ? [] : [paint('title', renderGroups(groups, widths))]),
    paint('title', line(head)),
    paint('faint', '─'.repeat(total)),
    ...rows.map((row) => line(row)),
  ];
}

/** Each title centred over its columns, between two strokes that show how far it reaches. */
function renderGroups(groups: readonly ColumnGroup[], widths: readonly number[]): string {
  const cells = [' '.repeat(widths[0] ?? 0)];
  let from = 1;
  for (const { title, columns } of groups) {
    const own = widths.slice(from, from + columns);
    const width = own.reduce((sum, each) => sum + each, GAP.length * (own.length - 1));
    const strokes = Math.max(0, width - widthOf(title) - 2);
    const left = Math.floor(strokes / 2);
    cells.push(`${'─'.repeat(left)} ${title} ${'─'.repeat(strokes - left)}`);
    from += columns;
  }
  return cells.join(GAP).trimEnd();
}

function align(cell: string, width: number, isLeft: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return isLeft ? cell + blanks : blanks + cell;
}
