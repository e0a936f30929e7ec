/**
 * Renders tables as text: a head, a rule, and a line for each row, or several if its texts wrap; columns that do not
 * fit side by side continue below (`table-layout.ts`).
 *
 * Invariants: columns are two spaces apart; the first is left-aligned, the others right-aligned; a value's range is
 * below it; no line ends with spaces or is wider than requested.
 */
import type { Cell, ColumnGroup, TableBlock } from '../document.js';
import { type Paint, plain, widthOf } from './paint.js';
import { GAP, layOut, type Part } from './table-layout.js';
import { DEFAULT_COLUMNS } from './screen.js';
import { fit } from './wrap.js';

const BLANKS = ' '.repeat(GAP);
/** Indent of the continuation lines of a name. */
const NAME_INDENT = 2;

/** Renders the lines of a table. */
export function renderTable(
  { head, rows, groups = [] }: Omit<TableBlock, 'kind'>,
  paint: Paint = plain,
  columns: number = DEFAULT_COLUMNS,
): string[] {
  const cells = rows.map((row) =>
    row.map((cell): Cell => (typeof cell === 'string' ? { text: cell } : cell)),
  );
  const [first = [], ...further] = layOut({ head, groups, rows: cells }, columns).map((part) =>
    renderPart(part, paint),
  );
  return further.reduce((lines, part) => lines.concat('', part), first);
}

function renderPart({ grid: { head, groups, rows }, widths }: Part, paint: Paint): string[] {
  const total = widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
  const titles = head.map((title, at) => fit(title, widths[at] ?? 0));
  const height = Math.max(0, ...titles.map(({ length }) => length));
  // Shorter heads are aligned to the bottom.
  const heads = titles.map((lines) => emptyLines(height - lines.length).concat(lines));
  return [
    ...renderGroups(groups, widths).map((line) => paint('title', line)),
    ...renderLines(heads, widths).map((line) => paint('title', line)),
    paint('faint', '─'.repeat(total)),
    ...rows.flatMap((row) =>
      renderLines(
        row.map((cell, at) => linesOf(cell, at, widths, paint)),
        widths,
      ),
    ),
  ];
}

function emptyLines(count: number): string[] {
  return Array.from({ length: count }, () => '');
}

/** Renders the painted lines of a cell; its range comes last. */
function linesOf(
  { text, range, meaning }: Cell,
  at: number,
  widths: readonly number[],
  paint: Paint,
): string[] {
  const width = widths[at] ?? 0;
  const lines = fit(text, width, at === 0 ? NAME_INDENT : 0);
  return [
    ...(meaning === undefined ? lines : lines.map((line) => paint(meaning, line))),
    ...(range === undefined ? [] : fit(range, width).map((line) => paint('faint', line))),
  ];
}

/** Puts cells of several lines side by side. */
function renderLines(cells: ReadonlyArray<readonly string[]>, widths: readonly number[]): string[] {
  const height = Math.max(1, ...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, at) => align(cells[at]?.[line] ?? '', width, at === 0))
      .join(BLANKS)
      .trimEnd(),
  );
}

/** Centers each title over its columns, between two strokes that show its extent. */
function renderGroups(groups: readonly ColumnGroup[], widths: readonly number[]): string[] {
  let from = 1;
  const cells = groups.map(({ title, columns }) => {
    const own = widths.slice(from, from + columns);
    from += columns;
    const width = own.reduce((sum, each) => sum + each, GAP * (own.length - 1));
    return { width, lines: fit(title, width) };
  });
  const height = Math.max(0, ...cells.map(({ lines }) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const drawn = cells.map(({ width, lines }) => {
      const at = line - height + lines.length;
      const isLast = at === lines.length - 1;
      return centre(lines[at] ?? '', width, isLast ? '─' : ' ');
    });
    return [' '.repeat(widths[0] ?? 0), ...drawn].join(BLANKS).trimEnd();
  });
}

function centre(title: string, width: number, stroke: string): string {
  const words = widthOf(title) + 2 <= width ? ` ${title} ` : title;
  const strokes = Math.max(0, width - widthOf(words));
  const left = Math.floor(strokes / 2);
  return `${stroke.repeat(left)}${words}${stroke.repeat(strokes - left)}`;
}

function align(cell: string, width: number, isLeft: boolean): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(cell)));
  return isLeft ? cell + blanks : blanks + cell;
}
