import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { payloadSettings } from '../../../../bench/scenarios/payload/settings.js';

test('without options everything has its default', () => {
  expect(payloadSettings(new Map())).toEqual({
    rounds: 5,
    threads: 2,
    seed: 1,
    sizes: [
      { name: '1KB', bytes: 1024 },
      { name: '100KB', bytes: 102_400 },
      { name: '10MB', bytes: 10_485_760 },
    ],
    ways: ['cloned', 'transferred'],
    inFlight: [1, 4],
    windowMs: 500,
    warmUpMs: 300,
  });
});

test('every option is taken', () => {
  const given = {
    sizes: '1KB',
    ways: 'transferred',
    'in-flight': '4',
    'window-ms': '50',
    'warm-up-ms': '0',
    rounds: '1',
    threads: '3',
    seed: '2',
  };
  expect(payloadSettings(new Map(Object.entries(given)))).toEqual({
    rounds: 1,
    threads: 3,
    seed: 2,
    sizes: [{ name: '1KB', bytes: 1024 }],
    ways: ['transferred'],
    inFlight: [4],
    windowMs: 50,
    warmUpMs: 0,
  });
});

test.each([
  { option: 'sizes', value: '1kb', says: "has '1kb'; valid is one or more of 1KB, 100KB, 10MB." },
  {
    option: 'ways',
    value: 'moved',
    says: "has 'moved'; valid is one or more of cloned, transferred.",
  },
  { option: 'in-flight', value: '2', says: "has '2'; valid is one or more of 1, 4." },
  { option: 'window-ms', value: '1', says: "is '1'; valid is a number from 20 to 60000." },
])('--$option $value is refused', ({ option, value, says }) => {
  const given = new Map([[option, value]]);
  expect(() => payloadSettings(given)).toThrow(UsageError);
  expect(() => payloadSettings(given)).toThrow(`Option '--${option}' ${says}`);
});
