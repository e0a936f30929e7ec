import { expect, test } from 'vitest';
import { type Compared, describeClaims } from '../../../bench/harness/claims.js';
import { figureOf } from '../../../bench/harness/figures.js';

const WORDS = {
  more: 'ours is faster',
  less: 'theirs is faster',
  open: 'which is faster',
  where: (names: string) => `at ${names}`,
};

function at(name: string, ...rounds: readonly number[]): Compared {
  const ratio = figureOf(new Map(rounds.entries()));
  if (ratio === undefined) throw new Error('A ratio needs a round.');
  return { at: name, ratio };
}

test('a claim says how much, in how many rounds and within which range', () => {
  expect(describeClaims([at('16', 15, 14, 16)], WORDS)).toEqual([
    'ours is faster at 16: 15.0 times in all 3 rounds (min 14.0, max 16.0).',
  ]);
});

test('measurements that came out alike share a sentence, with the range of their medians', () => {
  const all = [at('1', 2, 2, 3), at('16', 0.5, 0.6, 0.7), at('64', 4, 5, 6)];
  expect(describeClaims(all, WORDS)).toEqual([
    'ours is faster at 1 and 64: 2.00 to 5.00 times in all 3 rounds (min 2.00, max 6.00).',
    'theirs is faster at 16: 1.67 times in all 3 rounds (min 1.43, max 2.00).',
  ]);
});

test('rounds that disagree claim nothing, and what would help is said', () => {
  expect(describeClaims([at('1', 1.2, 0.9, 1.1)], WORDS)).toEqual([
    'The rounds do not agree on which is faster at 1: 1.10 times in 3 rounds (min 0.900, max 1.20). ' +
      'A quieter machine or longer measurements may decide it.',
  ]);
});

test('rounds that are too few claim nothing, however far apart', () => {
  expect(describeClaims([at('1', 99, 98)], WORDS)).toEqual([
    'Too few rounds to tell which is faster at 1: 98.5 times in 2 rounds (min 98.0, max 99.0). ' +
      'It takes --rounds 3 or more.',
  ]);
});

test('nothing compared, nothing claimed', () => {
  expect(describeClaims([], WORDS)).toEqual([]);
});
