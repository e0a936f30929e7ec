import { describe, expect, test } from 'vitest';
import { clopperPearson } from '../../../bench/math/binomial.js';

describe('published results', () => {
  test.each([
    // W. J. Conover, Practical Nonparametric Statistics (1971), 97; the example of R's binom.test.
    { of: [682, 925], low: 0.7076683, high: 0.7654066 },
    { of: [3, 10], low: 0.0667395, high: 0.6524529 },
    // No successes: the upper bound is 1 − 0.025^(1/n).
    { of: [0, 20], low: 0, high: 0.1684335 },
    { of: [20, 20], low: 0.8315665, high: 1 },
  ])('$of: from $low to $high', ({ of, low, high }) => {
    const [successes, trials] = of as [number, number];
    const found = clopperPearson(successes, trials);
    expect(found.low).toBeCloseTo(low, 6);
    expect(found.high).toBeCloseTo(high, 6);
  });
});

/** Exact probability of `least` successes or more, computed with integers. */
function exactTail(least: number, trials: number, share: number): number {
  const whole = 2n ** 60n;
  const hit = BigInt(Math.round(share * 2 ** 60));
  let ways = 1n;
  let sum = 0n;
  for (let count = 0; count <= trials; count += 1) {
    if (count >= least)
      sum += ways * hit ** BigInt(count) * (whole - hit) ** BigInt(trials - count);
    ways = (ways * BigInt(trials - count)) / BigInt(count + 1);
  }
  return Number((sum * 10n ** 18n) / whole ** BigInt(trials)) / 1e18;
}

test.each([
  [1, 1],
  [2, 60],
  [18, 20],
  [30, 60],
  [199, 200],
])('%i of %i: at each end the tail is half of the error', (successes, trials) => {
  for (const confidence of [0.5, 0.95, 0.999]) {
    const error = (1 - confidence) / 2;
    const { low, high } = clopperPearson(successes, trials, confidence);
    expect(exactTail(successes, trials, low) / error).toBeCloseTo(1, 11);
    if (successes === trials) expect(high).toBe(1);
    else expect((1 - exactTail(successes + 1, trials, high)) / error).toBeCloseTo(1, 11);
  }
});

// Computed with SciPy 1.17.1: binomtest(...).proportion_ci(method='exact').
test.each([
  { of: [1, 4000], confidence: 0.95, low: 6.329431957351027e-6, high: 0.0013921151219735432 },
  { of: [28, 4000], confidence: 0.95, low: 0.00465634216446988, high: 0.010101172192048874 },
  { of: [2000, 4000], confidence: 0.95, low: 0.4843849023051934, high: 0.5156150976948066 },
  { of: [3999, 4000], confidence: 0.999, low: 0.9975031403956213, high: 0.9999998749687371 },
])('$of with many trials, as SciPy has it', ({ of, confidence, low, high }) => {
  const [successes, trials] = of as [number, number];
  const found = clopperPearson(successes, trials, confidence);
  expect(found.low / low).toBeCloseTo(1, 8);
  expect(found.high / high).toBeCloseTo(1, 8);
});

test('of no trials anything may be true', () => {
  expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 });
});
