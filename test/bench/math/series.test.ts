import { describe, expect, test } from 'vitest';
import { bestOf, ratiosWithin, spreadOf, widthOfSpread } from '../../../bench/math/series.js';

test('a spread is the median and the range, in whatever order the figures are', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spreadOf(new Map([[1, 5]]).values())).toEqual({ median: 5, min: 5, max: 5 });
  expect(spreadOf([])).toBeUndefined();
});

test('the width of a spread is a share of its median', () => {
  expect(widthOfSpread({ median: 10, min: 8, max: 13 })).toBe(0.5);
  expect(widthOfSpread({ median: 0, min: 0, max: 1 })).toBe(0);
});

describe('ratios', () => {
  const arm = new Map([
    [1, 20],
    [2, 90],
    [4, 8],
  ]);

  test('are taken within a round; a round that lacks one of the two has none', () => {
    const other = new Map([
      [1, 10],
      [2, 30],
      [3, 5],
    ]);
    expect([...ratiosWithin(arm, other)]).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  test('to nothing there are none', () => {
    expect(ratiosWithin(arm, new Map([[1, 0]])).size).toBe(0);
    expect(ratiosWithin(arm, new Map()).size).toBe(0);
  });
});

describe('the best arm', () => {
  const arms = [
    ['a', new Map([1, 100, 5].entries())],
    ['b', new Map([6, 7, 8].entries())],
    ['c', new Map()],
  ] as const;

  test('is the one with the best median, not the one with the best round', () => {
    expect(bestOf(arms, 'more')).toBe('b');
    expect(bestOf(arms, 'less')).toBe('a');
  });

  test('is none where nothing was measured', () => {
    expect(bestOf([['c', new Map<number, number>()]], 'more')).toBeUndefined();
    expect(bestOf([], 'less')).toBeUndefined();
  });
});
