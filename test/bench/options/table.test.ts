import { expect, test } from 'vitest';
import { type Option, optionRows, optionTable } from '../../../bench/options/table.js';

const number = { kind: 'number', min: 1, max: 9, meaning: 'how many' } as const;

test.each<{ option: Option; row: [string, string] }>([
  { option: { kind: 'switch', meaning: 'be quiet' }, row: ['--it', 'be quiet'] },
  { option: { kind: 'text', meaning: 'what' }, row: ['--it TEXT', 'what'] },
  {
    option: { kind: 'text', argument: 'FILE', shownDefault: 'the last', meaning: 'which' },
    row: ['--it FILE', 'which (the last)'],
  },
  { option: number, row: ['--it N', 'how many'] },
  { option: { ...number, default: 2.5 }, row: ['--it N', 'how many (2.5)'] },
  { option: { ...number, default: 0 }, row: ['--it N', 'how many (0)'] },
  { option: { ...number, default: 2, shownDefault: 'two' }, row: ['--it N', 'how many (two)'] },
  { option: { ...number, argument: 'MB' }, row: ['--it MB', 'how many'] },
  { option: { kind: 'list', of: ['a', 'b'] }, row: ['--it A,B', 'which of a, b (all)'] },
  {
    option: { kind: 'list', of: ['a', 'b', 'c'], default: ['a', 'c'] },
    row: ['--it A,B', 'which of a, b, c (a,c)'],
  },
  {
    option: { kind: 'list', argument: 'A', of: ['a', 'b'], default: ['b'], meaning: 'a or b' },
    row: ['--it A', 'a or b (b)'],
  },
])('$option is $row in the help', ({ option, row }) => {
  expect(optionRows({ it: option })).toEqual([row]);
});

test('a switch without a meaning is not in the help, the others are in their order', () => {
  const table = optionTable({
    second: { kind: 'switch', meaning: '2' },
    hidden: { kind: 'switch' },
    first: { kind: 'switch', meaning: '1' },
  });
  expect(optionRows(table)).toEqual([
    ['--second', '2'],
    ['--first', '1'],
  ]);
});
