import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { sparseSettings } from '../../../../bench/scenarios/sparse/settings.js';

test('without options everything has its default', () => {
  expect(sparseSettings(new Map())).toEqual({
    rounds: 5,
    threads: 2,
    seed: 1,
    patterns: ['single', 'burst'],
    jobs: 60,
    bursts: 5,
  });
});

test('every option is taken', () => {
  const given = { patterns: 'burst', jobs: '7', bursts: '3', rounds: '2', threads: '4', seed: '9' };
  expect(sparseSettings(new Map(Object.entries(given)))).toEqual({
    rounds: 2,
    threads: 4,
    seed: 9,
    patterns: ['burst'],
    jobs: 7,
    bursts: 3,
  });
});

test.each([
  { option: 'jobs', value: '0', range: 'a whole number from 1 to 100000' },
  { option: 'bursts', value: '0.5', range: 'a whole number from 1 to 10000' },
])('--$option $value is refused with its range', ({ option, value, range }) => {
  expect(() => sparseSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});

test('an unknown pattern is refused', () => {
  expect(() => sparseSettings(new Map([['patterns', 'bursts']]))).toThrow(
    "Option '--patterns' has 'bursts'; valid is one or more of single, burst. Did you mean 'burst'?",
  );
});
