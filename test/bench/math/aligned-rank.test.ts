import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlignedRound, alignedRank } from '../../../bench/math/aligned-rank.js';
import type { Alternative } from '../../../bench/math/null-distribution.js';
import { signedRank } from '../../../bench/math/signed-rank.js';
import { randomFrom } from '../../../bench/math/random.js';

const ALTERNATIVES = ['greater', 'less', 'two-sided'] as const;

/** Rounds with one or two bases, or with `count` bases. */
function roundsOf(
  value: fc.Arbitrary<number>,
  maxLength: number,
  count?: number,
): fc.Arbitrary<AlignedRound[]> {
  const bases = fc.array(value, { minLength: count ?? 1, maxLength: count ?? 2 });
  return fc.array(fc.record({ head: value, bases }), { maxLength });
}

function round(head: number, ...bases: number[]): AlignedRound {
  return { head, bases };
}

describe('with one base it is the signed-rank test of the differences', () => {
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ min: -10, max: 10, noNaN: true }),
  );

  test.each(ALTERNATIVES)('%s', (alternative) => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { maxLength: 20 }), value, (pairs, shift) => {
        const rounds = pairs.map(([head, base]) => round(head, base));
        const differences = pairs.map(([head, base]) => head - base);
        expect(alignedRank(rounds, alternative, shift)).toEqual(
          signedRank(differences, alternative, shift),
        );
      }),
    );
  });
});

describe('against all ways to deal the values of each round', () => {
  /** Deviations from the mean of the round, head first, times 6 so that they are integers. */
  function aligned(rounds: readonly AlignedRound[]): number[][] {
    return rounds
      .map(({ head, bases }) => {
        const values = [head, ...bases];
        const sum = values.reduce((total, value) => total + value, 0);
        return values.map((value) => (value * values.length - sum) * (6 / values.length));
      })
      .filter((values) => new Set(values).size > 1);
  }

  /** Number of values below those dealt to head; ties count half, values of its own round twice. */
  function statistic(rounds: readonly number[][], dealt: readonly number[]): number {
    return rounds
      .flatMap((own, at) =>
        rounds.flatMap((values) =>
          values.map((other) => {
            const isAbove = (Math.sign((own[dealt[at] as number] as number) - other) + 1) / 2;
            return values === own ? 2 * isAbove : isAbove;
          }),
        ),
      )
      .reduce((sum, each) => sum + each, 0);
  }

  function waysToDeal(rounds: readonly number[][]): number[][] {
    return rounds.reduce<number[][]>(
      (ways, values) => ways.flatMap((way) => values.map((_, at) => [...way, at])),
      [[]],
    );
  }

  function bruteForce(rounds: readonly AlignedRound[], alternative: Alternative): number {
    const values = aligned(rounds);
    const sums = waysToDeal(values).map((dealt) => statistic(values, dealt));
    const [seen] = sums as [number];
    const greater = sums.filter((sum) => sum >= seen).length / sums.length;
    const less = sums.filter((sum) => sum <= seen).length / sums.length;
    if (alternative === 'two-sided') return Math.min(1, 2 * Math.min(greater, less));
    return alternative === 'greater' ? greater : less;
  }

  test('up to six rounds of one or two bases, with ties', () => {
    fc.assert(
      fc.property(
        roundsOf(fc.integer({ min: -3, max: 3 }), 6),
        fc.constantFrom(...ALTERNATIVES),
        fc.integer({ min: -2, max: 2 }),
        (rounds, alternative, shift) => {
          const shifted = rounds.map(({ head, bases }) => round(head - shift, ...bases));
          const { p, count } = alignedRank(rounds, alternative, shift);
          expect(p).toBeCloseTo(bruteForce(shifted, alternative), 12);
          expect(count).toBe(aligned(shifted).length);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('the order of the bases moves not a bit of p', () => {
    fc.assert(
      fc.property(
        roundsOf(fc.double({ min: -1, max: 1, noNaN: true }), 8),
        fc.constantFrom(...ALTERNATIVES),
        (rounds, alternative) => {
          const turned = rounds.map(({ head, bases }) => round(head, ...bases.toReversed()));
          expect(alignedRank(turned, alternative)).toEqual(alignedRank(rounds, alternative));
        },
      ),
    );
  });
});

describe('processes that can be exchanged, of which 15 in 100 are 10 % faster', () => {
  const SAMPLES = 3000;
  const ROUNDS = 20;
  const random = randomFrom(1962);
  const process = (): number => 0.01 * random() - (random() < 0.15 ? 0.1 : 0);
  const samples = Array.from({ length: SAMPLES }, () =>
    Array.from({ length: ROUNDS }, () => round(process(), process(), process())),
  );
  const aligned = samples.map((rounds) => alignedRank(rounds, 'greater').p);
  const contrasts = samples.map((rounds) => {
    const effects = rounds.map(({ head, bases: [first = 0, second = 0] }) => {
      return head - (first + second) / 2;
    });
    return signedRank(effects, 'greater').p;
  });

  /** Share of p-values that reject, and the max share that a test of this error rejects by chance. */
  function rejections(ps: readonly number[], alpha: number): { share: number; most: number } {
    const most = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / SAMPLES);
    return { share: ps.filter((p) => p <= alpha).length / SAMPLES, most };
  }

  test.each([0.004, 0.01, 0.05])(
    'at %d it keeps its error, a signed-rank test does not',
    (alpha) => {
      const { share, most } = rejections(aligned, alpha);
      expect(share).toBeLessThanOrEqual(most);
      expect(rejections(contrasts, alpha).share).toBeGreaterThan(most);
    },
  );
});

test.each([1, 2])('a greater shift has no lesser p of head being worse, %i base(s)', (count) => {
  fc.assert(
    fc.property(
      roundsOf(fc.integer({ min: -9, max: 9 }), 8, count),
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 6 }),
      (rounds, given) => {
        // At half-integers no round has equal values.
        const shifts = given.toSorted((a, b) => a - b).map((shift) => shift + 0.5);
        const ps = shifts.map((shift) => alignedRank(rounds, 'greater', shift).p);
        for (const [at, p] of ps.slice(1).entries()) {
          expect(p).toBeGreaterThanOrEqual((ps[at] as number) - 1e-12);
        }
      },
    ),
  );
});

test('what moves each round, and what stretches all, changes nothing; a mirror swaps the tails', () => {
  fc.assert(
    fc.property(
      roundsOf(fc.integer({ min: -50, max: 50 }), 10),
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 10, maxLength: 10 }),
      fc.constantFrom(0.25, 3),
      (rounds, moves, times) => {
        const turn = (by: (value: number, at: number) => number): AlignedRound[] =>
          rounds.map(({ head, bases }, at) => round(by(head, at), ...bases.map((b) => by(b, at))));
        const moved = turn((value, at) => (value + (moves[at] as number)) * times);
        const expected = alignedRank(rounds, 'greater', 2);
        expect(alignedRank(moved, 'greater', 2 * times)).toEqual(expected);
        const mirrored = turn((value) => -value);
        expect(alignedRank(mirrored, 'less', -2).p).toBeCloseTo(expected.p, 12);
      },
    ),
  );
});

test.each([1, 2])('with head above %i base(s) in each round p is the least there is', (bases) => {
  for (const count of [1, 5, 20, 40]) {
    const rounds = Array.from({ length: count }, () => round(1.1, ...[1, 0.9].slice(0, bases)));
    const least = (1 + bases) ** -count;
    expect(alignedRank(rounds, 'greater').p / least).toBeCloseTo(1, 12);
    expect(alignedRank(rounds, 'two-sided').p / Math.min(1, 2 * least)).toBeCloseTo(1, 12);
    expect(alignedRank(rounds, 'less').p).toBeCloseTo(1, 12);
  }
});

test('of nothing, and of rounds that say nothing, p is 1', () => {
  for (const rounds of [[], [round(3, 3), round(0.1, 0.1, 0.1)]]) {
    for (const alternative of ALTERNATIVES) {
      expect(alignedRank(rounds, alternative)).toEqual({ statistic: 0, p: 1, count: 0 });
    }
  }
});

test('NaN is refused', () => {
  expect(() => alignedRank([round(1, 2, NaN)], 'greater')).toThrow(RangeError);
});
