import { expect, test } from 'vitest';
import { wrap } from '../../../../bench/report/terminal/wrap.js';

test('a line that fits stays as it is', () => {
  expect(wrap('label   some text')).toEqual(['label   some text']);
  expect(wrap('')).toEqual(['']);
});

test('a long line continues below its text', () => {
  const text = `documents   ${'word '.repeat(20).trim()}`;
  const lines = wrap(text);
  expect(lines.length).toBe(2);
  expect(lines[0]?.length).toBeLessThanOrEqual(80);
  expect(lines[1]).toMatch(/^ {12}word/);
  expect(lines.join(' ').split(/\s+/)).toEqual(text.split(/\s+/));
});

test('a figure and its unit stay together', () => {
  const lines = wrap(`${'x'.repeat(76)} 20 s each, 5 % more`);
  expect(lines).toEqual(['x'.repeat(76), '20 s each, 5 % more']);
});

test('a word that is too long stands alone', () => {
  expect(wrap(`a ${'x'.repeat(90)} b`)).toEqual(['a', 'x'.repeat(90), 'b']);
});

test('lines can be narrower, with an indent of their own', () => {
  expect(wrap('no-op, 16 in flight: millrace', 2, 16)).toEqual([
    'no-op, 16 in',
    '  flight:',
    '  millrace',
  ]);
});
