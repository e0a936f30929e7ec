import { expect, test } from 'vitest';
import { doubledRanks } from '../../../bench/math/ranks.js';

test.each([
  { of: [], are: [] },
  { of: [7], are: [2] },
  { of: [30, 10, 20], are: [6, 2, 4] },
  { of: [5, 1, 5], are: [5, 2, 5] },
  { of: [2, 2, 2, 2], are: [5, 5, 5, 5] },
  { of: [0, -0, Infinity, -Infinity], are: [5, 5, 8, 2] },
])('the doubled ranks of $of are $are', ({ of, are }) => {
  expect(doubledRanks(of)).toEqual(are);
});

test('NaN has no rank, and is not silently the smallest', () => {
  expect(() => doubledRanks([1, NaN])).toThrow(RangeError);
});
