/**
 * Renders the tables of the page.
 *
 * Invariants: every header has its scope, the first cell of a row is its header; a table that is too wide scrolls
 * inside a box of its own that the keyboard reaches, never the page; its verdicts stay visible.
 */
import type { Cell, TableBlock } from '../document.js';
import { type Markup, markup } from './markup.js';

/** The subject of the benchmark, whose row is highlighted. */
const OWN = 'millrace';
/** Max columns of a narrow table: over the whole width its columns would be far apart. */
const NARROW = 3;
/** Names with more characters than this may be broken. */
const LONG = 24;

/** Renders a table; the label is its accessible name. */
export function renderTable(
  { head, groups, rows }: Omit<TableBlock, 'kind'>,
  label: string,
): Markup {
  return markup`<div class="scroll" role="group" aria-label="${label}" tabindex="0">
<table aria-label="${label}"${classOf({ head, rows })}>
<thead>
${renderGroups(groups, head.length)}<tr>${head.map(renderHead)}</tr>
</thead>
<tbody>
${rows.map((row) => renderRow(row))}</tbody>
</table>
</div>
`;
}

/** Marks a table with verdicts in its last column: a phone keeps it visible while the others scroll. */
function classOf({ head, rows }: Pick<TableBlock, 'head' | 'rows'>): Markup | undefined {
  const lasts = rows.map((row) => row.at(-1));
  const hasVerdicts = lasts.some(
    (cell) => typeof cell === 'object' && (cell.meaning === 'good' || cell.meaning === 'bad'),
  );
  const classes = [
    ...(head.length <= NARROW ? ['narrow'] : []),
    ...(hasVerdicts ? ['judged'] : []),
  ];
  return classes.length === 0 ? undefined : markup` class="${classes.join(' ')}"`;
}

function renderGroups(groups: TableBlock['groups'], columns: number): Markup | undefined {
  if (groups === undefined) return undefined;
  const rest = columns - groups.reduce((sum, group) => sum + group.columns, 1);
  return markup`<tr class="groups"><td></td>${groups.map(
    ({ title, columns: span }) => markup`<th scope="colgroup" colspan="${span}">${title}</th>`,
  )}${rest > 0 ? markup`<td colspan="${rest}"></td>` : undefined}</tr>
`;
}

function renderHead(title: string): Markup {
  // A screen reader would announce an empty header cell.
  return title === '' ? markup`<td></td>` : markup`<th scope="col">${title}</th>`;
}

function renderRow(cells: readonly (Cell | string)[]): Markup {
  const [first, ...rest] = cells.map((cell) => (typeof cell === 'string' ? { text: cell } : cell));
  if (first === undefined) return markup``;
  const isOwn = first.text === OWN;
  return markup`<tr${isOwn ? markup` class="own"` : undefined}><th scope="row"${first.text.length > LONG ? markup` class="long"` : undefined}>${renderCell(first)}</th>${rest.map(
    (cell) => markup`<td>${renderCell(cell)}</td>`,
  )}</tr>
`;
}

function renderCell({ text, range, meaning }: Cell): Markup {
  const words = meaning === undefined ? markup`${text}` : markup`<b class="${meaning}">${text}</b>`;
  return range === undefined ? words : markup`${words} <small>${range}</small>`;
}
