import fc from 'fast-check';
import { pwilcox } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import type { Alternative } from '../../../bench/math/null-distribution.js';
import { rankSum } from '../../../bench/math/rank-sum.js';
import { AT_TERM, EARLY } from './published.js';

/** Number of pairs in which the first is greater; ties count half. */
function pairsAbove(first: readonly number[], second: readonly number[]): number {
  return first
    .flatMap((value) => second.map((other) => Math.sign(value - other)))
    .reduce((sum, sign) => sum + (sign + 1) / 2, 0);
}

/** Two samples without ties, of which the first has U = `pairs`. */
function withPairs(count: number, others: number, pairs: number): [number[], number[]] {
  const second = Array.from({ length: others }, (_, at) => at + 1);
  let left = pairs;
  const first = Array.from({ length: count }, (_, at) => {
    const below = Math.min(left, others);
    left -= below;
    return below + (at + 1) / (count + 1);
  });
  return [first, second];
}

describe('published results', () => {
  test('chorioamnion (Hollander and Wolfe, table 4.1): W = 35, p = 0.1272 and 0.2544', () => {
    const { statistic, p } = rankSum(AT_TERM, EARLY, 'greater');
    expect(statistic).toBe(35);
    expect(p).toBeCloseTo(0.1272, 4);
    expect(rankSum(AT_TERM, EARLY, 'two-sided').p).toBeCloseTo(0.2544, 4);
  });

  // The largest U that is significant: D. Auble, Extended tables for the Mann–Whitney statistic (1953).
  test.each([
    { of: [5, 5], is: 2 },
    { of: [8, 10], is: 17 },
    { of: [10, 10], is: 23 },
    { of: [20, 20], is: 127 },
  ])('the critical value of $of at 0.05 two-sided is $is', ({ of, is }) => {
    const [count, others] = of as [number, number];
    expect(rankSum(...withPairs(count, others, is), 'two-sided').p).toBeLessThanOrEqual(0.05);
    expect(rankSum(...withPairs(count, others, is + 1), 'two-sided').p).toBeGreaterThan(0.05);
  });
});

test.each([
  [1, 1],
  [3, 9],
  [12, 7],
  [20, 20],
])('%i values against %i have the tails of R', (count, others) => {
  const step = Math.max(1, Math.floor((count * others) / 20));
  for (let pairs = 0; pairs <= count * others; pairs += step) {
    const [first, second] = withPairs(count, others, pairs);
    const { statistic, p } = rankSum(first, second, 'less');
    expect(statistic).toBe(pairs);
    expect(p / pwilcox(pairs, count, others)).toBeCloseTo(1, 11);
    const greater = pwilcox(pairs - 1, count, others, false);
    expect(rankSum(first, second, 'greater').p / greater).toBeCloseTo(1, 11);
  }
});

describe('against all ways to deal the values', () => {
  function bruteForce(first: number[], second: number[], alternative: Alternative): number {
    const all = [...first, ...second];
    const seen = pairsAbove(first, second);
    const sums: number[] = [];
    for (let dealt = 0; dealt < 2 ** all.length; dealt += 1) {
      const isFirst = (at: number): boolean => (dealt & (1 << at)) !== 0;
      const mine = all.filter((_, at) => isFirst(at));
      if (mine.length !== first.length) continue;
      sums.push(
        pairsAbove(
          mine,
          all.filter((_, at) => !isFirst(at)),
        ),
      );
    }
    const greater = sums.filter((sum) => sum >= seen).length / sums.length;
    const less = sums.filter((sum) => sum <= seen).length / sums.length;
    if (alternative === 'two-sided') return Math.min(1, 2 * Math.min(greater, less));
    return alternative === 'greater' ? greater : less;
  }

  test('up to nine values with ties', () => {
    const values = (maxLength: number) =>
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 0, maxLength });
    fc.assert(
      fc.property(
        values(5),
        values(4),
        fc.constantFrom<Alternative[]>('greater', 'less', 'two-sided'),
        (first, second, alternative) => {
          const { statistic, p } = rankSum(first, second, alternative);
          expect(statistic).toBe(pairsAbove(first, second));
          expect(p).toBeCloseTo(bruteForce(first, second, alternative), 12);
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('where one sample is empty, p is 1', () => {
  for (const alternative of ['greater', 'less', 'two-sided'] as const) {
    expect(rankSum([], [1, 2], alternative)).toEqual({ statistic: 0, p: 1 });
    expect(rankSum([1, 2], [], alternative)).toEqual({ statistic: 0, p: 1 });
  }
});
