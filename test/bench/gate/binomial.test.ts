import { pbinom } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import { clopperPearson } from '../../../bench/gate/binomial.js';

describe('published results', () => {
  test.each([
    // W. J. Conover, Practical Nonparametric Statistics (1971), 97; the example of R's binom.test.
    { of: [682, 925], low: 0.7076683, high: 0.7654066 },
    { of: [3, 10], low: 0.0667395, high: 0.6524529 },
    // Nothing seen: 1 − 0.025^(1/n).
    { of: [0, 20], low: 0, high: 0.1684335 },
    { of: [20, 20], low: 0.8315665, high: 1 },
  ])('$of: from $low to $high', ({ of, low, high }) => {
    const [successes, trials] = of as [number, number];
    const found = clopperPearson(successes, trials);
    expect(found.low).toBeCloseTo(low, 6);
    expect(found.high).toBeCloseTo(high, 6);
  });
});

test.each([
  [1, 1],
  [2, 60],
  [18, 20],
  [1, 4000],
  [28, 4000],
  [3999, 4000],
  [2000, 4000],
])('%i of %i: at the ends the tails have half of the error each, after R', (successes, trials) => {
  for (const confidence of [0.5, 0.95, 0.999]) {
    const error = (1 - confidence) / 2;
    const { low, high } = clopperPearson(successes, trials, confidence);
    expect(pbinom(successes - 1, trials, low, false) / error).toBeCloseTo(1, 9);
    if (successes === trials) expect(high).toBe(1);
    else expect(pbinom(successes, trials, high) / error).toBeCloseTo(1, 9);
  }
});

test('of no trials anything may be true', () => {
  expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 });
});
