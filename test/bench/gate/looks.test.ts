import { expect, test } from 'vitest';
import { UsageError } from '../../../bench/flags.js';
import {
  checkLooks,
  DEFAULT_LOOKS,
  leastRounds,
  type Look,
  looksAfter,
} from '../../../bench/gate/looks.js';
import { signedRank } from '../../../bench/gate/signed-rank.js';

const LOOK: Look = { rounds: 10, failAlpha: 0.002, passAlpha: 0.01 };

test('the default looks can fail and pass, also with two judged metrics', () => {
  expect(() => checkLooks(DEFAULT_LOOKS, 1, 'looks')).not.toThrow();
  expect(() => checkLooks(DEFAULT_LOOKS, 2, 'looks')).not.toThrow();
});

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

test('an alpha that is a power of two is reached exactly', () => {
  for (let rounds = 1; rounds <= 60; rounds += 1) expect(leastRounds(2 ** -rounds)).toBe(rounds);
});

test.each<{ looks: Look[]; judgedCount?: number; says: string }>([
  { looks: [], says: "'looks' in a.json is empty; valid is one look or more." },
  {
    looks: [{ ...LOOK, rounds: 0 }],
    says: "'looks' in a.json: look 1 has 'rounds' 0; valid is a whole number above 0.",
  },
  {
    looks: [{ ...LOOK, rounds: 10.5 }],
    says: "look 1 has 'rounds' 10.5; valid is a whole number above 0.",
  },
  {
    looks: [LOOK, LOOK],
    says: "look 2 has 'rounds' 10; valid is a whole number above 10, the rounds of the look before it.",
  },
  {
    looks: [{ ...LOOK, failAlpha: 0 }],
    says: "look 1 has 'failAlpha' 0; valid is a number between 0 and 0.5.",
  },
  {
    looks: [LOOK, { ...LOOK, rounds: 12, passAlpha: 0.5 }],
    says: "look 2 has 'passAlpha' 0.5; valid is a number between 0 and 0.5.",
  },
  {
    looks: [{ ...LOOK, failAlpha: NaN }],
    says: "look 1 has 'failAlpha' NaN; valid is a number between 0 and 0.5.",
  },
  {
    looks: [{ ...LOOK, rounds: 8 }],
    says:
      'look 1 can never fail: p is at least 0.0039 with 8 rounds, and failAlpha 0.002 asks for ' +
      '0.0020; valid are 9 rounds or more.',
  },
  {
    looks: [LOOK],
    judgedCount: 4,
    says:
      'look 1 can never fail: p is at least 0.00098 with 10 rounds, and failAlpha 0.002 shared by ' +
      '4 judged metrics asks for 0.00050; valid are 11 rounds or more.',
  },
  {
    looks: [{ ...LOOK, passAlpha: 0.0005 }],
    says:
      'look 1 can never pass: p is at least 0.00098 with 10 rounds, and passAlpha 0.0005 asks for ' +
      '0.00050; valid are 11 rounds or more.',
  },
])('refused: $says', ({ looks, judgedCount = 1, says }) => {
  const check = (): void => checkLooks({ looks }, judgedCount, "'looks' in a.json");
  expect(check).toThrow(UsageError);
  expect(check).toThrow(says);
});

test('looks after other rounds have the usual errors, and have to be able to fail', () => {
  const { looks } = looksAfter([12, 18, 24], 'a');
  expect(looks.map(({ rounds }) => rounds)).toEqual([12, 18, 24]);
  expect(looks.map(({ failAlpha }) => failAlpha)).toEqual(
    DEFAULT_LOOKS.looks.map(({ failAlpha }) => failAlpha),
  );
  expect(() => looksAfter([8, 18, 24], 'a')).toThrow('a: look 1 can never fail');
  expect(() => looksAfter([12, 12, 24], 'a')).toThrow('valid is a whole number above 12');
  expect(() => looksAfter([12, 24], 'a')).toThrow('a has 2 numbers of rounds; valid are three.');
  expect(() => looksAfter([12, NaN, 24], 'a')).toThrow(UsageError);
});
