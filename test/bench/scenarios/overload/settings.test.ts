import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { overloadSettings } from '../../../../bench/scenarios/overload/settings.js';

test('without options everything has its default', () => {
  const { threads, ...settings } = overloadSettings(new Map());
  expect(settings).toEqual({
    seconds: 18,
    ratePerSecond: undefined,
    backlogJobs: 128,
    arms: ['thread-per-request', 'unbounded', 'millrace'],
    ceilingBytes: 512 * 1024 ** 2,
    seed: 1,
  });
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(threads).toBeLessThanOrEqual(4);
});

test('every option is taken', () => {
  const given = {
    seconds: '2.5',
    rate: '100',
    threads: '3',
    backlog: '0',
    arms: 'millrace,unbounded',
    memory: '256',
    seed: '0',
  };
  expect(overloadSettings(new Map(Object.entries(given)))).toEqual({
    seconds: 2.5,
    ratePerSecond: 100,
    threads: 3,
    backlogJobs: 0,
    arms: ['unbounded', 'millrace'],
    ceilingBytes: 256 * 1024 ** 2,
    seed: 0,
  });
});

test.each([
  { option: 'seconds', value: '0.5', range: 'a number from 1 to 3600' },
  { option: 'rate', value: '0', range: 'a number from 1 to 100000' },
  { option: 'threads', value: '1.5', range: 'a whole number from 1 to 256' },
  { option: 'backlog', value: '-1', range: 'a whole number from 0 to 1000000' },
  { option: 'memory', value: '64', range: 'a whole number from 128 to 1048576' },
  { option: 'seed', value: '4294967296', range: 'a whole number from 0 to 4294967295' },
])('--$option $value is refused with its range', ({ option, value, range }) => {
  expect(() => overloadSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});
