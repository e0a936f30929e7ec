import { expect, test } from 'vitest';
import {
  formatPercentile,
  formatTick,
  incrementsOf,
  percentileTicks,
} from '../../../../../bench/report/html/browser/ticks.js';

test.each([
  [0, 'seconds', '0'],
  [0.5, 'seconds', '0.5 s'],
  [10, 'seconds', '10 s'],
  [0.1, 'milliseconds', '0.1 ms'],
  [1, 'milliseconds', '1 ms'],
  [10, 'milliseconds', '10 ms'],
  [100, 'milliseconds', '100 ms'],
  [1500, 'milliseconds', '1.5 s'],
  [128 * 1024 ** 2, 'bytes', '128 MB'],
  [2 * 1024 ** 3, 'bytes', '2 GB'],
  [0.5, 'percent', '50 %'],
  [10_000, 'count', '10,000'],
  [2_500_000, 'count', '2.5 M'],
  [1.25, 'ratio', '1.25'],
  [2, 'ratio', '2'],
  [20, 'perSecond', '20/s'],
] as const)('%d as %s is %j', (value, unit, text) => {
  expect(formatTick(value, unit)).toBe(text);
});

test('counts are counted in whole numbers, bytes in powers of two', () => {
  expect(incrementsOf('count').slice(0, 4)).toEqual([1, 2, 5, 10]);
  expect(incrementsOf('bytes').every((each) => Math.log2(each) % 1 === 0)).toBe(true);
});

test.each(['seconds', 'milliseconds', 'percent', 'ratio'] as const)(
  'no tick of an axis in %s is rounded to another value',
  (unit) => {
    const increments = incrementsOf(unit).filter((each) => each >= 0.01 && each <= 100);
    expect(increments.length).toBeGreaterThan(10);
    for (const increment of increments) {
      const ticks = Array.from({ length: 8 }, (_, at) => formatTick(at * increment, unit));
      expect(new Set(ticks).size).toBe(8);
      const [, one, , , , five] = ticks.map((text) => Number.parseFloat(text.replaceAll(',', '')));
      const [oneUnit, fiveUnits] = [ticks[1], ticks[5]].map((text) =>
        text?.replace(/^[\d.,]+/, ''),
      );
      if (oneUnit === fiveUnits) expect(five).toBeCloseTo((one as number) * 5, 9);
    }
  },
);

test.each([
  [2, 'p50'],
  [10, 'p90'],
  [20, 'p95'],
  [100, 'p99'],
  [1000, 'p99.9'],
  [10_000, 'p99.99'],
])('one in %d is above %s', (oneIn, text) => {
  expect(formatPercentile(oneIn)).toBe(text);
});

test('an axis of percentiles is labelled p50, p90, p99 and p99.9', () => {
  expect(percentileTicks(2, 1000).map(formatPercentile)).toEqual(['p50', 'p90', 'p99', 'p99.9']);
  expect(percentileTicks(2, 100).map(formatPercentile)).toEqual(['p50', 'p90', 'p99']);
});
