import fc from 'fast-check';
import { psignrank } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import type { Alternative } from '../../../bench/math/null-distribution.js';
import { signedRank } from '../../../bench/math/signed-rank.js';
import { DEPRESSION, MAIZE, MEMBRANE } from './published.js';

/** Ranks 1 to `count`, with signs such that the positive ones add up to `sum`. */
function withSum(count: number, sum: number): number[] {
  let left = sum;
  return Array.from({ length: count }, (_, at) => count - at).map((rank) => {
    if (rank > left) return -rank;
    left -= rank;
    return rank;
  });
}

describe('published results', () => {
  test('depression (Hollander and Wolfe, table 3.1): V = 40, p = 0.01953', () => {
    const { statistic, p, count } = signedRank(DEPRESSION, 'greater');
    expect({ statistic, count }).toEqual({ statistic: 40, count: 9 });
    expect(p).toBe(10 / 2 ** 9);
  });

  test('maize (SciPy): V = 96, p = 0.0206 one-sided and 0.0413 two-sided', () => {
    expect(signedRank(MAIZE, 'greater')).toEqual({
      statistic: 96,
      p: 676 / 2 ** 15,
      count: 15,
    });
    expect(signedRank(MAIZE, 'two-sided').p).toBeCloseTo(0.041259765625, 15);
  });

  test('membrane against 1.1 (Stephenson): p = 2 × 0.019', () => {
    expect(signedRank(MEMBRANE, 'two-sided', 1.1).p).toBe(0.037109375);
  });

  // F. Wilcoxon and R. A. Wilcox, Some Rapid Approximate Statistical Procedures (1964): the largest value of the
  // smaller rank sum that is significant.
  test.each([
    { alpha: 0.025, critical: { 6: 0, 7: 2, 8: 3, 9: 5, 10: 8, 12: 13, 15: 25, 20: 52, 25: 89 } },
    { alpha: 0.01, critical: { 7: 0, 8: 1, 9: 3, 10: 5, 12: 9, 15: 19, 20: 43, 25: 76, 30: 120 } },
    { alpha: 0.005, critical: { 8: 0, 9: 1, 10: 3, 12: 7, 15: 15, 20: 37, 25: 68, 30: 109 } },
  ])('the table of critical values at $alpha one-sided', ({ alpha, critical }) => {
    for (const [count, sum] of Object.entries(critical)) {
      expect(signedRank(withSum(Number(count), sum), 'less').p).toBeLessThanOrEqual(alpha);
      expect(signedRank(withSum(Number(count), sum + 1), 'less').p).toBeGreaterThan(alpha);
    }
  });
});

describe('against an independent library, the distributions of R', () => {
  test.each([1, 2, 5, 10, 15, 20, 40, 60])('%i values without ties, every tail', (count) => {
    const most = (count * (count + 1)) / 2;
    const step = Math.max(1, Math.floor(most / 40));
    for (let sum = 0; sum <= most; sum += step) {
      const values = withSum(count, sum);
      expect(signedRank(values, 'less').p / psignrank(sum, count)).toBeCloseTo(1, 11);
      expect(signedRank(values, 'greater').p / psignrank(sum - 1, count, false)).toBeCloseTo(1, 11);
    }
  });
});

describe('against all ways to give signs', () => {
  /** V as the number of positive Walsh averages; those of zero count half. */
  function positiveAverages(values: readonly number[]): number {
    return values
      .flatMap((value, at) => values.slice(at).map((other) => Math.sign(value + other)))
      .reduce((sum, sign) => sum + (sign + 1) / 2, 0);
  }

  function bruteForce(values: readonly number[], alternative: Alternative): number {
    const sizes = values.filter((value) => value !== 0).map(Math.abs);
    const seen = positiveAverages(values.filter((value) => value !== 0));
    const sums = Array.from({ length: 2 ** sizes.length }, (_, signs) =>
      positiveAverages(sizes.map((size, at) => (signs & (1 << at) ? size : -size))),
    );
    const greater = sums.filter((sum) => sum >= seen).length / sums.length;
    const less = sums.filter((sum) => sum <= seen).length / sums.length;
    if (alternative === 'two-sided') return Math.min(1, 2 * Math.min(greater, less));
    return alternative === 'greater' ? greater : less;
  }

  test('up to ten values with ties and zeros', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 10 }),
        fc.constantFrom<Alternative[]>('greater', 'less', 'two-sided'),
        (values, alternative) => {
          const { p, statistic } = signedRank(values, alternative);
          expect(p).toBe(bruteForce(values, alternative));
          expect(statistic).toBe(positiveAverages(values.filter((value) => value !== 0)));
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('of nothing, and of nothing but zeros, p is 1', () => {
  for (const values of [[], [0, 0, -0]]) {
    expect(signedRank(values, 'greater')).toEqual({ statistic: 0, p: 1, count: 0 });
    expect(signedRank(values, 'two-sided').p).toBe(1);
  }
});

test('values at the shift are the zeros', () => {
  expect(signedRank([0.25, 1, 2], 'greater', 0.25)).toEqual({ statistic: 3, p: 0.25, count: 2 });
});

test('n values of one sign have the least p there is, 1 in 2ⁿ', () => {
  for (const count of [1, 10, 60]) {
    const values = Array.from({ length: count }, () => 0.07);
    expect(signedRank(values, 'greater').p).toBe(2 ** -count);
    expect(signedRank(values, 'less').p).toBe(1);
    expect(signedRank(values, 'less', 0.1).p).toBe(2 ** -count);
  }
});

test('the mirror image has the mirrored p, and the values are left as they are', () => {
  const values = [3, -1, 4, -1, 5, -9, 2];
  const before = [...values];
  const mirrored = values.map((value) => -value);
  expect(signedRank(values, 'greater').p).toBe(signedRank(mirrored, 'less').p);
  expect(values).toEqual(before);
});

test('NaN is refused: it would count as negative', () => {
  expect(() => signedRank([1, NaN], 'greater')).toThrow(RangeError);
});
