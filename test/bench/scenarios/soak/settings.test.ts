import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { soakSettings } from '../../../../bench/scenarios/soak/settings.js';

test('without options everything has its default', () => {
  const { job, ...settings } = soakSettings(new Map());
  expect(job.name).toBe('100us');
  expect(settings).toEqual({ minutes: 10, threads: 2 });
});

test('every option is taken', () => {
  const given = { minutes: '0.5', rate: '12.5', job: '1ms', threads: '4' };
  const { job, ...settings } = soakSettings(new Map(Object.entries(given)));
  expect(job.us).toBe(1000);
  expect(settings).toEqual({ minutes: 0.5, ratePerSecond: 12.5, threads: 4 });
});

test.each([
  { option: 'minutes', value: '0', range: 'a number from 0.05 to 10080' },
  { option: 'minutes', value: '10081', range: 'a number from 0.05 to 10080' },
  { option: 'rate', value: '0', range: 'a number from 0.1 to 1000000' },
  { option: 'threads', value: 'all', range: 'a whole number from 1 to 256' },
])('--$option $value is refused with its range', ({ option, value, range }) => {
  expect(() => soakSettings(new Map([[option, value]]))).toThrow(
    new UsageError(`Option '--${option}' is '${value}'; valid is ${range}.`),
  );
});

test.each([
  {
    value: '100u',
    says: "Option '--job' has '100u'; valid is one or more of no-op, 10us, 100us, 1ms. Did you mean '100us'?",
  },
  {
    value: '10us,1ms',
    says: "Option '--job' is '10us,1ms'; valid is one of no-op, 10us, 100us, 1ms.",
  },
])('--job $value is refused', ({ value, says }) => {
  expect(() => soakSettings(new Map([['job', value]]))).toThrow(new UsageError(says));
});
