import { expect, test } from 'vitest';
import { Latencies, NO_LATENCIES } from '../../../bench/load/latencies.js';

test('percentiles of 1 to 1000 ms are those ranks, to three digits', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 1000; ms += 1) latencies.record(ms * 1000);
  const { count, p50, p95, p99, p999, max } = latencies.summary();
  expect(count).toBe(1000);
  const rank = (value: number) => [value * 0.999, value * 1.001] as const;
  for (const [found, wanted] of [
    [p50, 500],
    [p95, 950],
    [p99, 990],
    [p999, 999],
    [max, 1000],
  ] as const) {
    const [low, high] = rank(wanted);
    expect(found).toBeGreaterThanOrEqual(low);
    expect(found).toBeLessThanOrEqual(high);
  }
});

test('small counts are exact: the median of 1, 2 and 9 µs is 2 µs', () => {
  const latencies = new Latencies();
  for (const us of [9, 1, 2]) latencies.record(us);
  expect(latencies.summary()).toEqual({
    count: 3,
    p50: 0.002,
    p95: 0.009,
    p99: 0.009,
    p999: 0.009,
    max: 0.009,
  });
});

test('what took no time, or less than none by two clocks, counts as a microsecond', () => {
  const latencies = new Latencies();
  latencies.record(0.2);
  latencies.record(-5);
  expect(latencies.summary()).toEqual({
    count: 2,
    p50: 0.001,
    p95: 0.001,
    p99: 0.001,
    p999: 0.001,
    max: 0.001,
  });
});

test('what was cleared is forgotten, and what comes then counts', () => {
  const latencies = new Latencies();
  latencies.record(9000);
  latencies.clear();
  expect(latencies.summary()).toEqual(NO_LATENCIES);
  latencies.record(5);
  expect(latencies.summary()).toMatchObject({ count: 1, p50: 0.005, max: 0.005 });
});

test('nothing recorded is all zeros', () => {
  expect(new Latencies().summary()).toEqual(NO_LATENCIES);
});
