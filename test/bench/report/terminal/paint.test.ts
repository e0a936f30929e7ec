import { expect, test } from 'vitest';
import { paintFor, plain, widthOf } from '../../../../bench/report/terminal/paint.js';

test.each([
  { on: 'a terminal', isTTY: true, isRefused: false, environment: {}, isPainted: true },
  { on: 'a file', isTTY: false, isRefused: false, environment: {}, isPainted: false },
  { on: '--no-color', isTTY: true, isRefused: true, environment: {}, isPainted: false },
  {
    on: 'NO_COLOR',
    isTTY: true,
    isRefused: false,
    environment: { NO_COLOR: '1' },
    isPainted: false,
  },
  {
    on: 'an empty NO_COLOR',
    isTTY: true,
    isRefused: false,
    environment: { NO_COLOR: '' },
    isPainted: true,
  },
  {
    on: 'a dumb terminal',
    isTTY: true,
    isRefused: false,
    environment: { TERM: 'dumb' },
    isPainted: false,
  },
])('on $on: $isPainted', ({ isTTY, isRefused, environment, isPainted }) => {
  const text = paintFor({ isTTY }, isRefused, environment)('good', 'text');
  expect(text !== 'text').toBe(isPainted);
  expect(widthOf(text)).toBe(4);
});

test('nothing is never painted', () => {
  expect(paintFor({ isTTY: true }, false, {})('bad', '')).toBe('');
  expect(plain('bad', 'text')).toBe('text');
});
