import { expect, test } from 'vitest';
import { paintFor, widthOf } from '../../../../bench/report/terminal/paint.js';
import { renderTable } from '../../../../bench/report/terminal/table.js';

test('the first column is aligned left, figures right', () => {
  const table = {
    head: ['arm', 'offered', 'p99'],
    rows: [
      ['millrace', '9', '1.20 s'],
      ['x', '17,820', '-'],
    ],
  };
  expect(renderTable(table)).toEqual([
    'arm       offered     p99',
    '─────────────────────────',
    'millrace        9  1.20 s',
    'x          17,820       -',
  ]);
});

test('a group is drawn over its columns', () => {
  const table = {
    groups: [
      { title: 'answer', columns: 2 },
      { title: 'end', columns: 2 },
    ],
    head: ['', 'p50', 'p99', 'p50', 'p99'],
    rows: [['arm', '1.00 ms', '2.00 ms', '3.00 ms', '4.00 ms']],
  };
  expect(renderTable(table)).toEqual([
    '     ──── answer ────  ───── end ──────',
    '         p50      p99      p50      p99',
    '───────────────────────────────────────',
    'arm  1.00 ms  2.00 ms  3.00 ms  4.00 ms',
  ]);
});

test('missing cells are blank, and no line ends in blanks', () => {
  expect(renderTable({ head: ['a', 'b', 'c'], rows: [['1', '2'], []] })).toEqual([
    'a  b  c',
    '───────',
    '1  2',
    '',
  ]);
});

test('painted cells take no more room than plain ones', () => {
  const paint = paintFor({ isTTY: true }, false, {});
  const cell = paint('bad', '6.2 s');
  expect(cell).not.toBe('6.2 s');
  const painted = renderTable({ head: ['arm', 'died at'], rows: [['x', cell]] }, paint);
  const plain = renderTable({ head: ['arm', 'died at'], rows: [['x', '6.2 s']] });
  expect(painted.map((line) => widthOf(line))).toEqual(plain.map((line) => widthOf(line)));
});
