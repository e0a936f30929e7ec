import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../../bench/options/nearest.js';

const NAMES = ['overload', 'overhead', 'tail', 'millrace', 'unbounded'];

test.each([
  { given: 'overlaod', meant: 'overload' },
  { given: 'OVERHEAD', meant: 'overhead' },
  { given: 'tial', meant: 'tail' },
  { given: 'unb', meant: 'unbounded' },
  { given: 'UNB', meant: 'unbounded' },
  { given: 'milrace', meant: 'millrace' },
  { given: 'mango', meant: undefined },
  { given: '', meant: undefined },
  { given: 'x', meant: undefined },
])('$given may mean $meant', ({ given, meant }) => {
  expect(nearest(given, NAMES)).toBe(meant);
});

test('a hint is a sentence, or nothing', () => {
  expect(didYouMean('tall', NAMES)).toBe(" Did you mean 'tail'?");
  expect(didYouMean('mango', NAMES)).toBe('');
});
