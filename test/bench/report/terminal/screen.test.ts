import { expect, test } from 'vitest';
import { columnsOf, screenOf, textColumns } from '../../../../bench/report/terminal/screen.js';

test.each([
  { on: 'a terminal', columns: 132, environment: {}, expected: 132 },
  {
    on: 'a terminal, whatever COLUMNS says',
    columns: 132,
    environment: { COLUMNS: '90' },
    expected: 132,
  },
  { on: 'a terminal narrower than any report', columns: 40, environment: {}, expected: 60 },
  { on: 'a file', columns: undefined, environment: {}, expected: 80 },
  {
    on: 'a file, with COLUMNS',
    columns: undefined,
    environment: { COLUMNS: '100' },
    expected: 100,
  },
  {
    on: 'a file, with COLUMNS too small',
    columns: undefined,
    environment: { COLUMNS: '10' },
    expected: 60,
  },
  {
    on: 'a file, with COLUMNS empty',
    columns: undefined,
    environment: { COLUMNS: '' },
    expected: 80,
  },
  {
    on: 'a file, with COLUMNS no number',
    columns: undefined,
    environment: { COLUMNS: 'wide' },
    expected: 80,
  },
  {
    on: 'a file, with COLUMNS negative',
    columns: undefined,
    environment: { COLUMNS: '-5' },
    expected: 80,
  },
])('on $on a report has $expected columns', ({ columns, environment, expected }) => {
  const stream = { write: () => {}, ...(columns !== undefined && { columns, isTTY: true }) };
  const screen = screenOf(stream, environment);
  expect(columnsOf(screen)).toBe(expected);
  expect(screen.isTTY).toBe(columns !== undefined);
});

test('a terminal that is resized has its new width from then on', () => {
  const stream = { isTTY: true, columns: 80, write: () => {} };
  const screen = screenOf(stream, {});
  stream.columns = 120;
  expect(columnsOf(screen)).toBe(120);
});

test('what is written reaches the stream', () => {
  const written: string[] = [];
  screenOf({ write: (text) => written.push(text) }, {}).write('text');
  expect(written).toEqual(['text']);
});

test('sentences stay narrower than a wide screen', () => {
  expect([60, 80, 100, 200].map(textColumns)).toEqual([60, 80, 100, 100]);
});
