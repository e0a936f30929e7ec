import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { VALUE_KINDS } from '../../../../bench/scenarios/values/kinds.js';
import { valuesSettings } from '../../../../bench/scenarios/values/settings.js';

test('without options everything has its default', () => {
  expect(valuesSettings(new Map())).toEqual({
    rounds: 5,
    threads: 2,
    seed: 1,
    values: VALUE_KINDS.map(({ name }) => name),
    inFlight: 64,
    peers: ['millrace', 'piscina', 'tinypool', 'workerpool', 'poolifier', 'ring'],
    windowMs: 500,
    warmUpMs: 800,
  });
});

test('every option is taken', () => {
  const given = {
    values: 'rows,nested',
    'in-flight': '1',
    peers: 'ring,millrace',
    'window-ms': '1000',
    'warm-up-ms': '0',
    rounds: '9',
    threads: '3',
    seed: '0',
    filter: 'millrace, rows',
  };
  expect(valuesSettings(new Map(Object.entries(given)))).toEqual({
    rounds: 9,
    threads: 3,
    seed: 0,
    filter: 'millrace, rows',
    values: ['nested', 'rows'],
    inFlight: 1,
    peers: ['millrace', 'ring'],
    windowMs: 1000,
    warmUpMs: 0,
  });
});

test.each([
  ['in-flight', '0', 'a whole number from 1 to 4096'],
  ['window-ms', '5', 'a number from 20 to 60000'],
])('--%s %s is refused with its range', (option, value, range) => {
  expect(() => valuesSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});

test('a value that is unknown, and a filter that fits nothing, are named', () => {
  expect(() => valuesSettings(new Map([['values', 'roes']]))).toThrow(/'roes'/);
  expect(() => valuesSettings(new Map([['filter', 'nothing']]))).toThrow(/'nothing'/);
});
