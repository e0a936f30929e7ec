import { expect, test } from 'vitest';
import { claimOf, figureOf } from '../../../bench/harness/figures.js';

test.each([
  { rounds: [1.1, 1.2, 1.01], claim: 'more' },
  { rounds: [0.9, 0.8, 0.99], claim: 'less' },
  { rounds: [1.4, 0.99, 1.5], claim: undefined },
  { rounds: [1.4, 1, 1.5], claim: undefined },
  { rounds: [2, 2], claim: undefined },
])('of rounds $rounds the claim is $claim', ({ rounds, claim }) => {
  const figure = figureOf(new Map(rounds.map((ratio, at) => [at, ratio])));
  expect(figure && claimOf(figure)).toBe(claim);
});
