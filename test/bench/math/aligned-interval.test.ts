import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignedEstimate } from '../../../bench/math/aligned-interval.js';
import { type AlignedRound, alignedRank } from '../../../bench/math/aligned-rank.js';
import { type Estimate, hodgesLehmann } from '../../../bench/math/hodges-lehmann.js';
import { randomFrom } from '../../../bench/math/random.js';
import { repeats } from '../../helpers/extent.js';
import { normalNoise } from './noise.js';
import { DEPRESSION } from './published.js';

function round(head: number, ...bases: number[]): AlignedRound {
  return { head, bases };
}

/** Rounds of integers with one or two bases. */
function roundsOf(lengths: fc.ArrayConstraints): fc.Arbitrary<AlignedRound[]> {
  const value = fc.integer({ min: -1000, max: 1000 });
  const bases = fc.array(value, { minLength: 1, maxLength: 2 });
  return fc.array(fc.record({ head: value, bases }), lengths);
}

describe('with one base it is Hodges and Lehmann’s estimate of the differences', () => {
  test('of published values', () => {
    const rounds = DEPRESSION.map((difference) => round(difference, 0));
    expect(alignedEstimate(rounds)).toEqual(hodgesLehmann(DEPRESSION));
  });

  test.each([1, 2, 5, 12, 20])('of %i rounds', (count) => {
    const [heads, bases] = [normalNoise(count)(count), normalNoise(63)(count)];
    const rounds = heads.map((head, at) => round(head, bases[at] as number));
    const differences = heads.map((head, at) => head - (bases[at] as number));
    for (const confidence of [0.5, 0.9, 0.95]) {
      const found = alignedEstimate(rounds, confidence) as Estimate;
      const expected = hodgesLehmann(differences, confidence) as Estimate;
      expect(found).toEqual({ ...expected, confidence: expect.closeTo(expected.confidence, 12) });
    }
  });
});

test('the ends are where the test stops to reject, on both sides', () => {
  fc.assert(
    fc.property(
      roundsOf({ minLength: 1, maxLength: 12 }),
      fc.constantFrom(0.5, 0.9, 0.95),
      (rounds, confidence) => {
        const { low, high } = alignedEstimate(rounds, confidence) as Estimate;
        const error = (1 - confidence) / 2 + 1e-12;
        // Shifts at which a rank changes are at least 1 ÷ 35 apart.
        const step = 0.01;
        const p = (shift: number, of: 'greater' | 'less'): number =>
          alignedRank(rounds, of, shift).p;
        expect(p(low + step, 'greater')).toBeGreaterThan(error);
        expect(p(high - step, 'less')).toBeGreaterThan(error);
        const least = rounds.reduce((share, { bases }) => share / (1 + bases.length), 1);
        if (least > error) return;
        expect(p(low - step, 'greater')).toBeLessThanOrEqual(error);
        expect(p(high + step, 'less')).toBeLessThanOrEqual(error);
      },
    ),
  );
});

test('values that are equal stay so at every shift, however it is rounded', () => {
  // The first base of the first round lies as far below its mean as the second base of the second round.
  const rounds = [
    { head: 0, bases: [-598, -309] },
    { head: 979, bases: [-278, -93] },
    { head: 0, bases: [-25, 0] },
    { head: 204, bases: [188, 683] },
    { head: 0, bases: [-190, 568] },
  ];
  const { low } = alignedEstimate(rounds, 0.9) as Estimate;
  for (const step of [0.01, 0.2, 0.4, 1]) {
    expect(alignedRank(rounds, 'greater', low + step).p).toBe(
      alignedRank(rounds, 'greater', low + 1.5).p,
    );
  }
});

test('it is above zero exactly where the test rejects', () => {
  const random = randomFrom(1963);
  const outcomes = Array.from({ length: 400 }, () => {
    const rounds = Array.from({ length: 8 }, () => round(random() + 0.4, random(), random()));
    const { low } = alignedEstimate(rounds) as Estimate;
    expect(low > 0).toBe(alignedRank(rounds, 'greater').p <= 0.025);
    return low > 0;
  });
  expect(new Set(outcomes).size).toBe(2);
});

test('it holds the truth as often as it says, also where some processes are lucky', () => {
  const SAMPLES = repeats(500, 1500);
  const random = randomFrom(33);
  const process = (): number => 0.01 * random() - (random() < 0.15 ? 0.1 : 0);
  const found = Array.from({ length: SAMPLES }, () => {
    const rounds = Array.from({ length: 10 }, () => round(process() + 0.05, process(), process()));
    return alignedEstimate(rounds, 0.9) as Estimate;
  });
  const held = found.filter(({ low, high }) => low <= 0.05 && high >= 0.05).length;
  const said = found.reduce((sum, { confidence }) => sum + confidence, 0);
  expect(Math.abs(held - said)).toBeLessThan(3.5 * Math.sqrt(0.09 * SAMPLES));
});

test('what moves head and stretches all moves and stretches the estimate', () => {
  fc.assert(
    fc.property(
      roundsOf({ minLength: 1, maxLength: 10 }),
      fc.integer({ min: -1000, max: 1000 }),
      fc.constantFrom(-4, -1, 0.5, 8),
      (rounds, move, times) => {
        const moved = rounds.map(({ head, bases }, at) =>
          round(head * times + move + at, ...bases.map((base) => base * times + at)),
        );
        const [before, after] = [alignedEstimate(rounds), alignedEstimate(moved)] as Estimate[];
        const expected = [before?.low, before?.high]
          .map((end) => (end as number) * times + move)
          .toSorted((a, b) => a - b);
        expect(after?.low).toBeCloseTo(expected[0] as number, 6);
        expect(after?.high).toBeCloseTo(expected[1] as number, 6);
        expect(after?.estimate).toBeCloseTo((before?.estimate as number) * times + move, 6);
        expect(after?.confidence).toBeCloseTo(before?.confidence as number, 9);
      },
    ),
  );
});

describe('too few rounds for the confidence', () => {
  test.each([
    { of: [round(7, 3)], is: { estimate: 4, low: 4, high: 4, confidence: 0 } },
    { of: [round(7, 3, 1)], is: { estimate: 5, low: 4, high: 6, confidence: 1 / 3 } },
    {
      of: [round(7, 3, 1), round(1, 1, 1)],
      is: { estimate: 2.5, low: 0, high: 6, confidence: 7 / 9 },
    },
  ])('the interval of $of is the widest, and says so', ({ of, is }) => {
    expect(alignedEstimate(of)).toEqual({ ...is, confidence: expect.closeTo(is.confidence, 12) });
  });

  test('without a base there is no estimate', () => {
    expect(alignedEstimate([])).toBeUndefined();
    expect(alignedEstimate([round(1)])).toBeUndefined();
  });
});

test.each([-0.1, 1.1, NaN, 95])('a confidence of %d is refused', (confidence) => {
  expect(() => alignedEstimate([round(1, 2)], confidence)).toThrow(RangeError);
});
