import fc from 'fast-check';
import { psignrank, qwilcox } from 'lib-r-math.js';
import { describe, expect, test } from 'vitest';
import {
  type Estimate,
  hodgesLehmann,
  hodgesLehmannShift,
} from '../../../bench/math/hodges-lehmann.js';
import { signedRank } from '../../../bench/math/signed-rank.js';
import { laplaceNoise, normalNoise, studentNoise } from './noise.js';
import { AT_TERM, DEPRESSION, EARLY, MEMBRANE } from './published.js';

function expectEstimate(found: Estimate | undefined, expected: Estimate, digits: number): void {
  expect(found).toBeDefined();
  for (const key of ['estimate', 'low', 'high', 'confidence'] as const) {
    expect(found?.[key]).toBeCloseTo(expected[key], digits);
  }
}

describe('published results', () => {
  test('depression (Hollander and Wolfe, 3.2 and 3.3): 0.46, from 0.010 to 0.786 with 96.1 %', () => {
    const published = { estimate: 0.46, low: 0.01, high: 0.786, confidence: 0.961 };
    expectEstimate(hodgesLehmann(DEPRESSION), published, 3);
  });

  test('membrane (Stephenson): 1.385, from the 9th to the 47th average, with 95.2 %', () => {
    const published = { estimate: 1.385, low: 1.13, high: 1.67, confidence: 1 - 2 * 0.0244140625 };
    expectEstimate(hodgesLehmann(MEMBRANE), published, 10);
  });

  test('chorioamnion (the package coin): −0.305, from −0.76 to 0.15', () => {
    const published = { estimate: -0.305, low: -0.76, high: 0.15, confidence: 0.96004 };
    expectEstimate(hodgesLehmannShift(EARLY, AT_TERM), published, 5);
  });
});

describe('against an independent library, the distributions of R', () => {
  test.each([6, 7, 10, 15, 20, 40, 60])('the ends for %i values', (count) => {
    const values = normalNoise(count)(count);
    const averages = values
      .flatMap((value, at) => values.slice(at).map((other) => (value + other) / 2))
      .toSorted((a, b) => a - b);
    for (const confidence of [0.6, 0.9, 0.95]) {
      let nth = 1;
      while (psignrank(nth, count) <= (1 - confidence) / 2) nth += 1;
      const found = hodgesLehmann(values, confidence) as Estimate;
      expect([found.low, found.high]).toEqual([averages[nth - 1], averages.at(-nth)]);
      expect(found.confidence).toBeCloseTo(1 - 2 * psignrank(nth - 1, count), 12);
    }
  });

  test.each([
    [5, 5],
    [20, 8],
    [20, 20],
  ])('the ends for %i values against %i', (count, others) => {
    const [first, second] = [normalNoise(1)(count), normalNoise(2)(others)];
    const differences = first
      .flatMap((value) => second.map((other) => value - other))
      .toSorted((a, b) => a - b);
    const nth = qwilcox(0.025, count, others);
    const { low, high } = hodgesLehmannShift(first, second) as Estimate;
    expect([low, high]).toEqual([differences[nth - 1], differences.at(-nth)]);
  });
});

describe('too few values for the confidence', () => {
  test.each([
    { of: [7], is: { estimate: 7, low: 7, high: 7, confidence: 0 } },
    { of: [1, 2], is: { estimate: 1.5, low: 1, high: 2, confidence: 0.5 } },
    { of: [1, 2, 3, 4, 5], is: { estimate: 3, low: 1, high: 5, confidence: 0.9375 } },
  ])('the interval of $of is the widest, and says so', ({ of, is }) => {
    expect(hodgesLehmann(of)).toEqual(is);
  });

  test('two against two reach 2 in 3', () => {
    const found = hodgesLehmannShift([10, 12], [1, 4]);
    expectEstimate(found, { estimate: 8.5, low: 6, high: 11, confidence: 2 / 3 }, 12);
  });

  test('of nothing there is no estimate', () => {
    expect(hodgesLehmann([])).toBeUndefined();
    expect(hodgesLehmannShift([], [1])).toBeUndefined();
    expect(hodgesLehmannShift([1], [])).toBeUndefined();
  });
});

test('a tail exactly as likely as allowed is used: of three against two, 1 in 10 on each side', () => {
  // 1 − 0.8 is less than 0.2 in binary.
  const { confidence } = hodgesLehmannShift([1, 2, 3], [10, 20], 0.8) as Estimate;
  expect(confidence).toBeCloseTo(0.8, 12);
  const wider = hodgesLehmannShift([1, 2, 4], [10, 20, 40], 0.8) as Estimate;
  expect(wider.confidence).toBeCloseTo(0.8, 12);
});

test.each([-0.1, 1.1, NaN, 95])('a confidence of %d is refused', (confidence) => {
  expect(() => hodgesLehmann([1, 2], confidence)).toThrow(RangeError);
});

describe('what moves and stretches the values moves and stretches the estimate', () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 });
  const move = fc.integer({ min: -1000, max: 1000 });
  const stretch = fc.constantFrom(-4, -1, 0.5, 8);

  function moved(of: Estimate, by: number, times: number): Estimate {
    const ends = [of.low * times + by, of.high * times + by].toSorted((a, b) => a - b);
    const [low, high] = ends as [number, number];
    return { estimate: of.estimate * times + by, low, high, confidence: of.confidence };
  }

  test('of one sample', () => {
    fc.assert(
      fc.property(values, move, stretch, (of, by, times) => {
        const found = hodgesLehmann(of.map((value) => value * times + by));
        expectEstimate(found, moved(hodgesLehmann(of) as Estimate, by, times), 9);
      }),
    );
  });

  test('of two samples', () => {
    fc.assert(
      fc.property(values, values, move, stretch, (first, second, by, times) => {
        const found = hodgesLehmannShift(
          first.map((value) => value * times + by),
          second.map((value) => value * times),
        );
        const expected = moved(hodgesLehmannShift(first, second) as Estimate, by, times);
        expectEstimate(found, expected, 9);
      }),
    );
  });
});

test('the interval is above zero exactly where the test rejects', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { minLength: 8, maxLength: 16 }),
      fc.constantFrom(2 ** -8, 0.01, 0.02, 0.1, 0.25),
      (signs, alpha) => {
        const values = signs.map((isPositive, at) => (isPositive ? at + 1 : -at - 1));
        const { low } = hodgesLehmann(values, 1 - 2 * alpha) as Estimate;
        expect(low > 0).toBe(signedRank(values, 'greater').p <= alpha);
      },
    ),
    { numRuns: 300 },
  );
});

describe('the interval holds the truth as often as it says', () => {
  /** 3.5 standard errors of a share that was estimated from this many samples. */
  function slack(share: number, samples: number): number {
    return 3.5 * Math.sqrt((share * (1 - share)) / samples);
  }
  const SAMPLES = 2000;

  test.each([
    { name: 'normal', noise: normalNoise(1963) },
    { name: 'Laplace', noise: laplaceNoise(1963) },
    { name: 't with 3 degrees', noise: studentNoise(1963) },
  ])('of one sample, $name', ({ noise }) => {
    const found = Array.from({ length: SAMPLES }, () => hodgesLehmann(noise(12)) as Estimate);
    const [first] = found as [Estimate];
    const share = found.filter(({ low, high }) => low <= 0 && high >= 0).length / SAMPLES;
    expect(Math.abs(share - first.confidence)).toBeLessThan(slack(first.confidence, SAMPLES));
  });

  test('of two samples', () => {
    const noise = laplaceNoise(7);
    const found = Array.from({ length: SAMPLES }, () => {
      const shifted = noise(8).map((value) => value + 0.3);
      return hodgesLehmannShift(shifted, noise(6)) as Estimate;
    });
    const [first] = found as [Estimate];
    const share = found.filter(({ low, high }) => low <= 0.3 && high >= 0.3).length / SAMPLES;
    expect(Math.abs(share - first.confidence)).toBeLessThan(slack(first.confidence, SAMPLES));
  });

  test('rounded values, whose ties make it only wider', () => {
    const noise = normalNoise(42);
    const held = Array.from({ length: SAMPLES }, () => {
      return hodgesLehmann(noise(12).map(Math.round)) as Estimate;
    }).filter(({ low, high, confidence }) => confidence >= 0.95 && low <= 0 && high >= 0);
    expect(held.length / SAMPLES).toBeGreaterThan(0.95);
  });
});
