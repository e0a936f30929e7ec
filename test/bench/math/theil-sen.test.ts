import { TheilSenRegression } from 'ml-regression-theil-sen';
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../../bench/math/random.js';
import { type PlanePoint, theilSen } from '../../../bench/math/theil-sen.js';

describe('the example of Sen (1968, section 6), after Graybill', () => {
  const ts = [1, 2, 3, 4, 10, 12, 18];
  const xs = [9, 15, 19, 20, 45, 55, 78];
  const points = ts.map((t, at): PlanePoint => [t, xs[at] as number]);
  /** Quantile with 3.5 % above it, for Sen's confidence of 93 %. */
  const QUANTILE = 1.8119106729525976;

  test('the slope is 4, with an interval from 26 ÷ 7 to 35 ÷ 8', () => {
    // 3.71 and 4.38 are published; both are slopes between two of the points.
    const { slope, low, high } = theilSen(points, QUANTILE) ?? {};
    expect(slope).toBe(4);
    expect(low).toBeCloseTo((45 - 19) / (10 - 3), 12);
    expect(high).toBeCloseTo((55 - 20) / (12 - 4), 12);
  });

  test('the order of the points has no say', () => {
    expect(theilSen(points.toReversed(), QUANTILE)).toEqual(theilSen(points, QUANTILE));
  });

  test('99 % take a wider interval', () => {
    const wide = theilSen(points, 2.5758293035489) ?? { low: NaN, high: NaN };
    expect(wide.low).toBeLessThan(26 / 7);
    expect(wide.high).toBeGreaterThan(35 / 8);
  });
});

// These counts give an odd number of slopes: of two middle ones the library takes the lower.
test.each([3, 6, 7, 10, 11, 31, 50])(
  '%i points have the slope of an independent library',
  (count) => {
    const random = randomFrom(count);
    const points = Array.from({ length: count }, (): PlanePoint => [
      random(),
      random() ** 5 * 1000,
    ]);
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    expect(theilSen(points)?.slope).toBe(new TheilSenRegression(xs, ys).slope);
  },
);

test('a line without noise has its own slope, and no doubt about it', () => {
  const points = Array.from({ length: 10 }, (_, x): PlanePoint => [x, 3 - 2 * x]);
  expect(theilSen(points)).toEqual({ slope: -2, low: -2, high: -2 });
});

test('one outlier among many points does not move the slope', () => {
  const points = Array.from({ length: 9 }, (_, x): PlanePoint => [x, x === 4 ? 1e6 : 5 * x]);
  expect(theilSen(points)?.slope).toBe(5);
});

test('equal values are ties and have the slope 0', () => {
  const points = Array.from({ length: 20 }, (_, x): PlanePoint => [x, 7]);
  expect(theilSen(points)).toEqual({ slope: 0, low: 0, high: 0 });
});

test('ties narrow the interval, as Kendall has it', () => {
  // Points (0, 0), (1, 0), (2, 1), (3, 1): slopes 0, 0, 1/3, 1/2, 1/2, 1; variance 26/3 − 2.
  const points: PlanePoint[] = [
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1],
  ];
  const oneDeviation = theilSen(points, 1);
  expect(oneDeviation?.slope).toBeCloseTo(5 / 12, 12);
  // (6 ∓ √(20/3)) ÷ 2 is 1.7 and 4.3: the second and the fifth of the slopes.
  expect(oneDeviation?.low).toBe(0);
  expect(oneDeviation?.high).toBe(0.5);
});

test.each<{ of: PlanePoint[] }>([
  { of: [] },
  { of: [[1, 2]] },
  {
    of: [
      [1, 2],
      [1, 3],
    ],
  },
])('of $of there is no slope', ({ of }) => {
  expect(theilSen(of)).toBeUndefined();
});

test('the interval of 95 % holds the true slope of 93 to 97 % of noisy lines', () => {
  const random = randomFrom(1968);
  const lines = Array.from({ length: 2000 }, () =>
    theilSen(Array.from({ length: 20 }, (_, x): PlanePoint => [x, 2 * x + random() ** 3 * 50])),
  );
  const held = lines.filter((line) => line !== undefined && line.low <= 2 && line.high >= 2);
  expect(held.length / lines.length).toBeGreaterThan(0.93);
  expect(held.length / lines.length).toBeLessThan(0.97);
});
