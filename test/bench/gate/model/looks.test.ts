import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { alignedRank } from '../../../../bench/math/aligned-rank.js';
import { holm } from '../../../../bench/math/holm.js';
import {
  DEFAULT_LOOKS,
  leastRounds,
  looksAfter,
  VITEST_LOOKS,
} from '../../../../bench/gate/model/looks.js';
import { signedRank } from '../../../../bench/math/signed-rank.js';

test.each([
  { alpha: 0.5, rounds: 1 },
  { alpha: 0.01, rounds: 7 },
  { alpha: 0.002, rounds: 9 },
  { alpha: 0.01 / 12, rounds: 11 },
])('alpha $alpha takes $rounds rounds', ({ alpha, rounds }) => {
  expect(leastRounds(alpha)).toBe(rounds);
  const values = Array.from({ length: rounds }, (_, at) => at + 1);
  expect(signedRank(values, 'greater').p).toBeLessThanOrEqual(alpha);
  expect(signedRank(values.slice(1), 'greater').p).toBeGreaterThan(alpha);
});

test('an alpha that is a power is reached exactly', () => {
  for (let rounds = 1; rounds <= 60; rounds += 1) expect(leastRounds(2 ** -rounds)).toBe(rounds);
  for (let rounds = 1; rounds <= 20; rounds += 1) expect(leastRounds(3 ** -rounds, 3)).toBe(rounds);
});

test.each([
  { rounds: [0, 15, 20], says: "a: analysis 1 has 'rounds' 0; valid is a whole number above 0." },
  {
    rounds: [10.5, 15, 20],
    says: "a: analysis 1 has 'rounds' 10.5; valid is a whole number above 0.",
  },
  {
    rounds: [12, NaN, 24],
    says: "a: analysis 2 has 'rounds' NaN; valid is a whole number above 12",
  },
  {
    rounds: [12, 12, 24],
    says: "a: analysis 2 has 'rounds' 12; valid is a whole number above 12, the rounds of the analysis before it.",
  },
  { rounds: [12, 24], says: 'a has 2 numbers of rounds; valid are three.' },
  { rounds: [8, 12, 16, 20], says: 'a has 4 numbers of rounds; valid are three.' },
  {
    rounds: [6, 10, 15],
    says:
      'a: analysis 1 can never fail: p is at least 0.0014 with 6 rounds, and each metric may err by 0.001; ' +
      'valid are 7 rounds or more.',
  },
])('refused: $says', ({ rounds, says }) => {
  const look = (): unknown => looksAfter(rounds, 'a');
  expect(look).toThrow(UsageError);
  expect(look).toThrow(says);
});

test('looks after other rounds have the usual errors', () => {
  const looks = looksAfter([12, 18, 24], 'a');
  expect(looks).toEqual(DEFAULT_LOOKS.map((look, at) => ({ ...look, rounds: 12 + 6 * at })));
});

test('those of Vitest spend the same errors, and each can speak', () => {
  const rounds = VITEST_LOOKS.map((look) => look.rounds);
  expect(VITEST_LOOKS).toEqual(looksAfter(rounds, 'a'));
});

test('the usual looks can be made', () => {
  expect(looksAfter([10, 15, 20], 'a')).toEqual(DEFAULT_LOOKS);
});

test('the earliest look fails where head is always the slowest, in two metrics or in one', () => {
  const [look] = looksAfter([7, 8, 9], 'a');
  const slower = Array.from({ length: 7 }, (_, at) => ({ head: 9 + at, bases: [at / 7, at / 9] }));
  const { p } = alignedRank(slower, 'greater');
  expect(holm([p, 1])[0]).toBeLessThanOrEqual(look?.failAlpha as number);
  const { p: ofFewer } = alignedRank(slower.slice(1), 'greater');
  expect(holm([ofFewer, 1])[0]).toBeGreaterThan(look?.failAlpha as number);
});
