import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { overheadSettings } from '../../../../bench/scenarios/overhead/settings.js';

test('without options everything has its default', () => {
  const { jobs, ...settings } = overheadSettings(new Map());
  expect(jobs.map(({ name, us }) => [name, us])).toEqual([
    ['no-op', 0],
    ['10us', 10],
    ['100us', 100],
    ['1ms', 1000],
  ]);
  expect(settings).toEqual({
    rounds: 5,
    threads: 2,
    seed: 1,
    inFlight: [1, 16, 64, 256, 1024],
    peers: ['millrace', 'piscina', 'tinypool', 'workerpool', 'poolifier', 'ring'],
    windowMs: 500,
    warmUpMs: 800,
  });
});

test('every option is taken', () => {
  const given = {
    jobs: '1ms,no-op',
    'in-flight': '64',
    peers: 'ring,millrace-single',
    'window-ms': '1000',
    'warm-up-ms': '0',
    rounds: '9',
    threads: '3',
    seed: '0',
  };
  const { jobs, ...settings } = overheadSettings(new Map(Object.entries(given)));
  expect(jobs.map(({ name }) => name)).toEqual(['no-op', '1ms']);
  expect(settings).toEqual({
    rounds: 9,
    threads: 3,
    seed: 0,
    inFlight: [64],
    peers: ['millrace-single', 'ring'],
    windowMs: 1000,
    warmUpMs: 0,
  });
});

describe('bad input', () => {
  test.each([
    { option: 'rounds', value: '0', range: 'a whole number from 1 to 1000' },
    { option: 'threads', value: '1.5', range: 'a whole number from 1 to 256' },
    { option: 'seed', value: '4294967296', range: 'a whole number from 0 to 4294967295' },
    { option: 'window-ms', value: '5', range: 'a number from 20 to 60000' },
    { option: 'warm-up-ms', value: '-1', range: 'a number from 0 to 60000' },
  ])('--$option $value is refused with its range', ({ option, value, range }) => {
    expect(() => overheadSettings(new Map([[option, value]]))).toThrow(
      new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
    );
  });

  test.each([
    { option: 'jobs', value: '10ms', valid: 'no-op, 10us, 100us, 1ms' },
    { option: 'in-flight', value: '32', valid: '1, 16, 64, 256, 1024' },
  ])('--$option $value is refused with the names', ({ option, value, valid }) => {
    expect(() => overheadSettings(new Map([[option, value]]))).toThrow(
      `Option '--${option}' has '${value}'; valid is one or more of ${valid}.`,
    );
  });
});
