import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { startupSettings } from '../../../../bench/scenarios/startup/settings.js';

const ALL = ['millrace', 'piscina', 'tinypool', 'workerpool', 'poolifier', 'ring'];

test('without options everything has its default', () => {
  expect(startupSettings(new Map())).toEqual({ rounds: 10, threads: 2, seed: 1, peers: ALL });
});

test('every option is taken', () => {
  const given = { peers: 'ring,millrace', rounds: '2', threads: '4', seed: '9' };
  expect(startupSettings(new Map(Object.entries(given)))).toEqual({
    rounds: 2,
    threads: 4,
    seed: 9,
    peers: ['millrace', 'ring'],
  });
});

test.each([
  { option: 'rounds', value: '0', range: 'a whole number from 1 to 1000' },
  { option: 'threads', value: '257', range: 'a whole number from 1 to 256' },
  { option: 'seed', value: '-1', range: 'a whole number from 0 to 4294967295' },
])('--$option $value is refused with its range', ({ option, value, range }) => {
  expect(() => startupSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});

test.each(['piscina, jobs', 'piscina'])('the filter %s fits measurements', (filter) => {
  expect(startupSettings(new Map([['filter', filter]]))).toMatchObject({ filter });
});

test('a variant that starts as another one does is not offered', () => {
  expect(() => startupSettings(new Map([['peers', 'millrace-single']]))).toThrow(
    `Option '--peers' has 'millrace-single'; valid is one or more of ${ALL.join(', ')}.`,
  );
});
