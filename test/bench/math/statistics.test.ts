import { describe, expect, test } from 'vitest';
import { mean, meanBetween, median, trend } from '../../../bench/math/statistics.js';

describe('median', () => {
  test.each([
    { of: [3, 1, 2], is: 2 },
    { of: [4, 1, 3, 2], is: 2.5 },
    { of: [7], is: 7 },
    { of: [10, 9, 100], is: 10 },
    { of: [], is: undefined },
  ])('of $of is $is', ({ of, is }) => {
    const before = [...of];
    expect(median(of)).toBe(is);
    expect(of).toEqual(before);
  });
});

test('the mean of nothing is undefined, not NaN', () => {
  expect(mean([])).toBeUndefined();
  expect(mean([1, 2, 6])).toBe(3);
});

describe('over time', () => {
  const samples = [0, 1, 2, 3, 4, 5].map((seconds) => ({ seconds, value: seconds * 10 }));

  test('a mean between two instants takes the first one in and leaves the second one out', () => {
    expect(meanBetween(samples, 1, 3)).toBe(15);
    expect(meanBetween(samples, 9, 10)).toBeUndefined();
  });

  test('the trend compares the last third with the second', () => {
    expect(trend(samples, 6)).toEqual({ secondThird: 25, lastThird: 45, change: 0.8 });
  });

  test('a run that ended before its last third has no trend', () => {
    expect(trend(samples, 12)).toBeUndefined();
    expect(trend([], 6)).toBeUndefined();
  });

  test('samples after the planned end belong to the last third', () => {
    const late = [...samples, { seconds: 6.4, value: 75 }];
    expect(trend(late, 6)?.lastThird).toBe(55);
  });
});
