import { expect, test } from 'vitest';
import type { MetricName } from '../../../../bench/gate/model/metrics.js';
import {
  formatAmount,
  formatChangeOf,
  formatLevel,
  formatMetricEffect,
} from '../../../../bench/gate/model/wording.js';

test.each([
  ['milliseconds', 0.012345, '12.35 µs'],
  ['milliseconds', 0.000451, '451.0 ns'],
  ['milliseconds', 0.000042, '42.00 ns'],
  ['perSecond', 0.0512, '0.0512/s'],
  ['ratio', 0.03, '0.03'],
  ['milliseconds', 12.345, '12.35 ms'],
  ['milliseconds', 1234.5, '1.234 s'],
  ['perSecond', 127_075.4, '127,075/s'],
  ['perSecond', 32.515, '32.52/s'],
  ['bytes', 87.34 * 1024 ** 2, '87.34 MB'],
  ['bytes', 1234 * 1024 ** 2, '1,234 MB'],
  ['percent', 0.0843, '8.43 %'],
  ['ratio', 1.25, '1.250'],
] as const)('a level of %s has digits enough for a change of 1 %%: %d', (unit, value, text) => {
  expect(formatLevel(value, unit)).toBe(text);
  expect(formatLevel(value * 1.01, unit)).not.toBe(text);
});

test.each([
  ['cpu', 0.124, '12.4 % more'],
  ['cpu', -0.0312, '3.1 % less'],
  ['throughput', 0.137, '13.7 % slower'],
  ['p50', -0.167, '16.7 % faster'],
  ['rss', 3.4, '340 % more'],
  ['refused', 0.018, '1.8 pp more'],
  ['messages', -0.004, '0.004 less'],
  ['p99', 0.0004, 'no change'],
  ['messages', 0.0004, 'no change'],
] as const)('a change says its direction in words: %s, %d', (metric, estimate, text) => {
  expect(formatChangeOf(metric as MetricName, estimate)).toBe(text);
});

test('an effect has the level of its interval, and + for worse', () => {
  const effect = { estimate: -0.021, low: -0.05, high: 0.011 };
  expect(formatMetricEffect({ metric: 'throughput', effect })).toBe(
    'throughput 2.1 % faster (95 % CI: -5.0 to +1.1)',
  );
  expect(formatMetricEffect({ metric: 'cpu', effect: { ...effect, level: 0.9 } })).toBe(
    'CPU per job 2.1 % less (90 % CI: -5.0 to +1.1)',
  );
  expect(formatMetricEffect({ metric: 'messages', effect })).toBe(
    'messages per job 0.021 less (95 % CI: -0.050 to +0.011)',
  );
  expect(formatMetricEffect({ metric: 'cpu' })).toBe('CPU per job not analyzed yet');
});

test('thresholds of shares are percentage points, of counts plain numbers', () => {
  expect(formatAmount('refused', 0.03)).toBe('3.0 pp');
  expect(formatAmount('messages', 0.03)).toBe('0.030');
});
