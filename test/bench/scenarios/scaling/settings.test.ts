import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import {
  inFlightPerThread,
  scalingSettings,
} from '../../../../bench/scenarios/scaling/settings.js';
import { JOB_KINDS } from '../../../../bench/scenarios/overhead/settings.js';

test('without options everything has its default', () => {
  const { jobs, ...settings } = scalingSettings(new Map());
  expect(jobs.map(({ name }) => name)).toEqual(['100us', '1ms']);
  expect(settings).toEqual({
    rounds: 5,
    seed: 1,
    maxThreads: Math.min(availableParallelism(), 16),
    windowMs: 300,
    warmUpMs: 800,
  });
});

test('every option is taken', () => {
  const given = {
    jobs: '10us,no-op',
    'max-threads': '40',
    'window-ms': '50',
    'warm-up-ms': '0',
    rounds: '2',
    seed: '9',
  };
  const { jobs, ...settings } = scalingSettings(new Map(Object.entries(given)));
  expect(jobs.map(({ name }) => name)).toEqual(['no-op', '10us']);
  expect(settings).toEqual({ rounds: 2, seed: 9, maxThreads: 40, windowMs: 50, warmUpMs: 0 });
});

test.each([
  { option: 'max-threads', value: '0', range: 'a whole number from 1 to 256' },
  { option: 'max-threads', value: '1.5', range: 'a whole number from 1 to 256' },
  { option: 'window-ms', value: '19', range: 'a number from 20 to 60000' },
  { option: 'warm-up-ms', value: '-1', range: 'a number from 0 to 60000' },
  { option: 'rounds', value: '0', range: 'a whole number from 1 to 1000' },
])('--$option $value is refused with its range', ({ option, value, range }) => {
  expect(() => scalingSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});

test('an unknown kind of job is refused', () => {
  expect(() => scalingSettings(new Map([['jobs', '1s']]))).toThrow(
    "Option '--jobs' has '1s'; valid is one or more of no-op, 10us, 100us, 1ms.",
  );
});

test('each thread has ten milliseconds of work in flight, within 16 to 256 jobs', () => {
  expect(JOB_KINDS.map((kind) => inFlightPerThread(kind))).toEqual([256, 256, 100, 16]);
});
