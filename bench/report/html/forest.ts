/**
 * Renders a forest plot in plain HTML: each row with its estimate and interval as text; the drawing is only visual.
 *
 * Invariants: all rows share one scale; an interval that exceeds it is cut off at its side and still written; the
 * rounds, which are only drawn, are in the table below.
 */
import type { ForestBlock, ForestRow, TableBlock } from '../document.js';
import { type ForestScale, forestScaleOf, formatShare } from '../forest-scale.js';
import { formatChange, formatChanges } from '../format.js';
import { type Markup, markup } from './markup.js';
import { renderTable } from './table.js';

/** Renders a plot with a caption. */
export function renderForest({ title, marks, rows }: ForestBlock, tableName: string): Markup {
  const scale = forestScaleOf(rows);
  return markup`<figure class="forest">
<figcaption>${title}</figcaption>
<ul>
${groupsOf(rows).map(({ name, rows: own }) => renderGroup(name, own, scale))}</ul>
<p class="ticks" aria-hidden="true"><span class="track">${scale.ticks.map(
    (tick) => markup`<span style="left:${place(scale, tick)}">${formatShare(tick)}</span>`,
  )}</span></p>
<p class="sides" aria-hidden="true"><span class="track"><span>← better</span><span>worse →</span></span></p>
<p class="note">${explain(marks, rows)}</p>
<details>
<summary>The values as a table</summary>
${renderTable(tableOf(rows), tableName)}</details>
</figure>
`;
}

interface Group {
  readonly name: string | undefined;
  readonly rows: ForestRow[];
}

function groupsOf(rows: readonly ForestRow[]): Group[] {
  const groups: Group[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last !== undefined && last.name === row.group) last.rows.push(row);
    else groups.push({ name: row.group, rows: [row] });
  }
  return groups;
}

function renderGroup(
  name: string | undefined,
  rows: readonly ForestRow[],
  scale: ForestScale,
): Markup {
  const items = rows.map((row) => renderRow(row, scale));
  if (name === undefined) return markup`${items}`;
  return markup`<li><span class="group">${name}</span><ul>
${items}</ul></li>
`;
}

function renderRow(row: ForestRow, scale: ForestScale): Markup {
  const { name, estimate, low, high, change, ending, meaning } = row;
  const words = meaning === undefined ? ending : markup`<b class="${meaning}">${ending}</b>`;
  return markup`<li class="row"><span class="name">${name}</span><span class="value">${change ?? formatChange(estimate)} <small>${formatChanges(low, high)}</small></span><span class="ending">${words}</span>${renderTrack(row, scale)}</li>
`;
}

function renderTrack(
  { estimate, low, high, rounds, marks, meaning }: ForestRow,
  scale: ForestScale,
): Markup {
  const color = meaning ?? 'plain';
  const at = (share: number): string => place(scale, share);
  const width = scale.placeOf(high) - scale.placeOf(low);
  const cut = [
    ...(scale.holds(low) ? [] : ['cut-low']),
    ...(scale.holds(high) ? [] : ['cut-high']),
  ];
  return markup`<span class="track" aria-hidden="true">${scale.ticks.map(
    (tick) => markup`<i class="grid" style="left:${at(tick)}"></i>`,
  )}<i class="zero" style="left:${at(0)}"></i>${marks.map(
    (mark, index) => markup`<i class="mark-${index}" style="left:${at(mark)}"></i>`,
  )}${rounds.map(
    (round) => markup`<i class="round" style="left:${at(round)}"></i>`,
  )}<i class="${['interval', color, ...cut].join(' ')}" style="left:${at(low)};width:${percent(width)}"></i><i class="estimate ${color}" style="left:${at(estimate)}"></i></span>`;
}

function place(scale: ForestScale, share: number): string {
  return percent(scale.placeOf(share));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function explain(marks: readonly string[], rows: readonly ForestRow[]): Markup {
  const lines = marks.map((mark, at) => {
    const values = [...new Set(rows.map((row) => formatShare(row.marks[at] ?? 0)))];
    const where = values.length === 1 ? `${values[0]}, ${mark}` : mark;
    return markup`; <i class="key mark-${at}" aria-hidden="true"></i> ${at === 0 ? 'dashed' : 'dotted'}: ${where}`;
  });
  return markup`The large dot is the estimate, the bar its confidence interval, the small dots below are the rounds. Upright lines: <i class="key zero" aria-hidden="true"></i> solid: no change${lines}.`;
}

/** The table has a column for each round, because otherwise only the drawing would show the rounds. */
function tableOf(rows: readonly ForestRow[]): Omit<TableBlock, 'kind'> {
  const count = Math.max(0, ...rows.map(({ rounds }) => rounds.length));
  return {
    head: [
      '',
      'estimate',
      'from',
      'to',
      ...Array.from({ length: count }, (_, at) => String(at + 1)),
    ],
    groups: [
      { title: 'worse by', columns: 3 },
      ...(count === 0 ? [] : [{ title: 'rounds', columns: count }]),
    ],
    rows: rows.map(({ group, name, estimate, low, high, rounds }) => [
      group === undefined ? name : `${group}: ${name}`,
      ...[estimate, low, high].map((each) => formatChange(each)),
      ...Array.from({ length: count }, (_, at) => {
        const round = rounds[at];
        return round === undefined ? '-' : formatChange(round);
      }),
    ]),
  };
}
