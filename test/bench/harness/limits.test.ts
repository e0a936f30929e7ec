import { expect, test } from 'vitest';
import { describeLimits } from '../../../bench/harness/limits.js';

const steady = { median: 10, min: 9, max: 11 };
const complete = { failures: [], isInterrupted: false, settings: { rounds: 5 } };

test('where nothing limits the figures nothing is said', () => {
  expect(describeLimits([steady, steady], complete)).toEqual([]);
  expect(describeLimits([], { ...complete, missing: [] })).toEqual([]);
});

test('noise is told with how much of it there is', () => {
  const noisy = { median: 10, min: 8, max: 13 };
  expect(describeLimits([steady, noisy, { ...noisy, max: 18 }], complete)).toEqual([
    'The machine was not steady: 2 of 3 values differ by more than 20.0 % between their rounds, up to 100.0 % of their median. Run it again on a quieter machine, or with more --rounds.',
  ]);
});

test('measurements without a stable warm-up are named once, at most three of them', () => {
  const one = describeLimits([], { ...complete, unstable: ['a', 'a'] });
  expect(one).toEqual(['The warm-up was not stable before 2 measurements: a.']);
  const many = describeLimits([], { ...complete, unstable: ['a, 1', 'b', 'c', 'd', 'e'] });
  expect(many).toEqual([
    'The warm-up was not stable before 5 measurements: a, 1; b; c; and 2 more.',
  ]);
  expect(describeLimits([], { ...complete, unstable: ['a'] })).toEqual([
    'The warm-up was not stable before one measurement: a.',
  ]);
});

test('what is missing, has failed or was cut off is told', () => {
  expect(
    describeLimits([steady], {
      missing: ['a', 'b'],
      failures: ['c: broken'],
      isInterrupted: true,
      settings: { rounds: 1 },
    }),
  ).toEqual([
    'With one round the spread of the values is unknown.',
    "Skipped, as not installed: a and b. To compare them, run 'npm install' with their names.",
    'Failed: c: broken',
    'The run was interrupted; the results cover its first part only.',
  ]);
});
