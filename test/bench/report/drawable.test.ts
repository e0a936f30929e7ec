import { expect, test } from 'vitest';
import type { Block } from '../../../bench/report/document.js';
import { drawable } from '../../../bench/report/drawable.js';
import { allDocuments } from './documents.js';

const axis = { label: 'x', unit: 'count' } as const;
const figure = { median: 1, min: 1, max: 1 };

function bars(count: number): Block {
  const all = Array.from({ length: count }, (_, at) => ({ name: String(at), figure }));
  return { kind: 'bars', title: 'Bars', axis, bars: all };
}

/** Three series, each with `count` points at the same places. */
function curves(count: number): Block {
  const points = Array.from({ length: count }, (_, at) => [at, at] as const);
  const series = ['a', 'b', 'c'].map((name) => ({ name, points }));
  return { kind: 'curves', title: 'Curves', x: axis, y: axis, series };
}

test.each([
  ['bars', bars],
  ['curves', curves],
] as const)('%s of two points are left out, of three drawn', (_, make) => {
  expect([1, 2, 3].map((count) => drawable([make(count)]).length)).toEqual([0, 0, 1]);
});

test('all else stays, in its order', () => {
  const blocks: Block[] = [
    { kind: 'heading', text: 'a' },
    bars(2),
    { kind: 'table', head: ['a'], rows: [['b']] },
    { kind: 'text', text: 'c' },
  ];
  expect(drawable(blocks)).toEqual([blocks[0], blocks[2], blocks[3]]);
});

test('no document draws a chart that it has no table or sentence beside', () => {
  for (const { document } of allDocuments()) {
    const kinds = document.blocks.map(({ kind }) => kind);
    if (!kinds.some((kind) => kind === 'bars' || kind === 'curves')) continue;
    expect(kinds).toContain('table');
  }
});
