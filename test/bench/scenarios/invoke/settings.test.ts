import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { invokeSettings } from '../../../../bench/scenarios/invoke/settings.js';

test('without options everything has its default', () => {
  const { threads, concurrency, ...settings } = invokeSettings(new Map());
  expect(settings).toEqual({
    seconds: 18,
    ratePerSecond: 800,
    slots: 100,
    delayMs: 250,
    backlogJobs: 100,
    arms: ['fire-and-forget', 'unbounded', 'millrace'],
    ceilingBytes: 512 * 1024 ** 2,
    seed: 1,
  });
  expect(threads * concurrency).toBe(100);
});

test('every option is taken', () => {
  const given = {
    seconds: '2.5',
    rate: '120',
    slots: '7',
    'delay-ms': '12.5',
    arms: 'millrace,unbounded',
    memory: '256',
    seed: '0',
  };
  expect(invokeSettings(new Map(Object.entries(given)))).toMatchObject({
    seconds: 2.5,
    ratePerSecond: 120,
    slots: 7,
    delayMs: 12.5,
    backlogJobs: 7,
    arms: ['unbounded', 'millrace'],
    ceilingBytes: 256 * 1024 ** 2,
    seed: 0,
  });
});

test('threads × concurrency is the number of slots, whatever it is', () => {
  for (let slots = 1; slots <= 200; slots += 1) {
    const { threads, concurrency } = invokeSettings(new Map([['slots', String(slots)]]));
    expect(threads * concurrency).toBe(slots);
    expect(Number.isInteger(concurrency)).toBe(true);
  }
});

test.each([
  { option: 'seconds', value: '0.5', range: 'a number from 1 to 3600' },
  { option: 'rate', value: '0', range: 'a number from 1 to 100000' },
  { option: 'slots', value: '1.5', range: 'a whole number from 1 to 10000' },
  { option: 'slots', value: '0', range: 'a whole number from 1 to 10000' },
  { option: 'delay-ms', value: '-1', range: 'a number from 1 to 60000' },
  { option: 'delay-ms', value: 'slow', range: 'a number from 1 to 60000' },
  { option: 'memory', value: '64', range: 'a whole number from 128 to 1048576' },
  { option: 'seed', value: '4294967296', range: 'a whole number from 0 to 4294967295' },
])('--$option $value is refused with its range', ({ option, value, range }) => {
  expect(() => invokeSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});

test.each([
  { slots: '10000', delay: '1', rate: '20000000' },
  { slots: '1', delay: '60000', rate: '0.033' },
])('$slots slots and $delay ms make no rate that could be offered', ({ slots, delay, rate }) => {
  const flags = new Map([
    ['slots', slots],
    ['delay-ms', delay],
  ]);
  expect(() => invokeSettings(flags)).toThrow(
    new UsageError(
      `Options '--slots' and '--delay-ms' are '${slots}' and '${delay}', so 2 × the capacity is ${rate} documents per second; valid is from 1 to 100000, or set '--rate'.`,
    ),
  );
  expect(invokeSettings(flags.set('rate', '50')).ratePerSecond).toBe(50);
});
