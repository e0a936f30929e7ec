import { describe, expect, test } from 'vitest';
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

describe('fits itself into the columns, by one step after the other', () => {
  const head = ['pool', 'first result', 'peak memory (MB)'];
  const cells = (name: string, text = '12.3 ms') => [name, text, { text: '123', range: '120–125' }];
  const wide = (name: string, text?: string) => ({ head, rows: [cells(name, text)] });
  const drawn = (table: Parameters<typeof renderTable>[0], columns: number) => {
    const lines = renderTable(table, undefined, columns);
    for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(columns);
    return lines;
  };

  test('first the names wrap', () => {
    expect(drawn(wide('a name of several words'), 50)).toEqual([
      'pool                first result  peak memory (MB)',
      '──────────────────────────────────────────────────',
      'a name of several        12.3 ms               123',
      '  words                                    120–125',
    ]);
  });

  test('then the heads, into two lines before they take three', () => {
    expect(drawn(wide('a name of several words'), 36)).toEqual([
      '                  first  peak memory',
      'pool             result         (MB)',
      '────────────────────────────────────',
      'a name of       12.3 ms          123',
      '  several                    120–125',
      '  words',
    ]);
    expect(drawn(wide('a name of several words'), 34)[0]?.trim()).toBe('peak');
  });

  test('then the texts of the cells, but no number leaves its unit', () => {
    expect(drawn(wide('piscina', 'no difference in 12.3 ms'), 30)).toEqual([
      '                          peak',
      '                        memory',
      'pool     first result     (MB)',
      '──────────────────────────────',
      'piscina            no      123',
      '           difference  120–125',
      '           in 12.3 ms',
    ]);
  });

  test('at last the columns on the right go on below, beside the names, a group of them together', () => {
    const table = {
      groups: [
        { title: 'one', columns: 2 },
        { title: 'two', columns: 2 },
      ],
      head: ['', 'a', 'b', 'c', 'd'],
      rows: [['name', '1,000,000', '2,000,000', '3,000,000', '4,000,000']],
    };
    expect(drawn(table, 40)).toEqual([
      '      ─────── one ────────',
      '              a          b',
      '──────────────────────────',
      'name  1,000,000  2,000,000',
      '',
      '      ─────── two ────────',
      '              c          d',
      '──────────────────────────',
      'name  3,000,000  4,000,000',
    ]);
  });

  test('a word that is wider than all columns breaks', () => {
    const lines = drawn({ head: ['', 'x'], rows: [['n'.repeat(90), 'y'.repeat(90)]] }, 60);
    expect(lines.join('').replaceAll(/[^ny]/g, '')).toHaveLength(180);
  });
});
