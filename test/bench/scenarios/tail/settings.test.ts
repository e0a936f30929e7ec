import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { tailSettings } from '../../../../bench/scenarios/tail/settings.js';

test('without options everything has its default', () => {
  expect(tailSettings(new Map())).toEqual({
    rounds: 5,
    threads: 2,
    seed: 1,
    peers: ['millrace', 'piscina', 'tinypool', 'workerpool', 'poolifier'],
    seconds: 4,
    warmUpSeconds: 0.5,
  });
});

test('every option is taken', () => {
  const given = {
    peers: 'ring,millrace',
    seconds: '0.5',
    'warm-up': '0',
    rounds: '2',
    threads: '1',
    seed: '7',
  };
  expect(tailSettings(new Map(Object.entries(given)))).toEqual({
    rounds: 2,
    threads: 1,
    seed: 7,
    peers: ['millrace', 'ring'],
    seconds: 0.5,
    warmUpSeconds: 0,
  });
});

test.each([
  { option: 'seconds', value: '0', range: 'a number from 0.1 to 3600' },
  { option: 'warm-up', value: 'x', range: 'a number from 0 to 60' },
  { option: 'rounds', value: '1.5', range: 'a whole number from 1 to 1000' },
])('--$option $value is refused with its range', ({ option, value, range }) => {
  expect(() => tailSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});
