import { expect, test } from 'vitest';
import {
  isStable,
  ServiceTimes,
  warmUp,
} from '../../../../../bench/scenarios/job/measure/service-time.js';

test('the distribution of equal times is one value without variation', () => {
  const times = new ServiceTimes();
  for (let each = 0; each < 100; each += 1) times.record(2);
  const { count, mean, p50, p999, max, variation } = times.summary();
  expect({ count, variation }).toEqual({ count: 100, variation: 0 });
  for (const figure of [mean, p50, p999, max]) expect(figure).toBeCloseTo(2, 2);
});

test('the variation is the standard deviation over the mean', () => {
  const times = new ServiceTimes();
  for (const ms of [1, 3]) times.record(ms);
  const { mean, variation, p50, p90 } = times.summary();
  expect(mean).toBeCloseTo(2, 2);
  expect(variation).toBeCloseTo(0.5, 2);
  expect(p50).toBeCloseTo(1, 2);
  expect(p90).toBeCloseTo(3, 1);
});

test('times far below a microsecond are not lost, and nothing is all zeros', () => {
  const times = new ServiceTimes();
  expect(times.summary()).toMatchObject({ count: 0, mean: 0, p99: 0, variation: 0 });
  times.record(0.0002);
  expect(times.summary().p50).toBeCloseTo(0.0002, 6);
});

test.each([
  [[], false],
  [[1, 1], false],
  [[9, 1, 1, 1], true],
  [[1, 1.05, 1.09], true],
  [[1, 1.05, 1.11], false],
  [[1, 1, 1, 2], false],
  [[0, 0, 0], true],
])('medians of %j are stable: %s', (medians, is) => {
  expect(isStable(medians)).toBe(is);
});

test('equal times are stable after three blocks of at least three jobs', async () => {
  let calls = 0;
  const run = async () => {
    calls += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return 1;
  };
  const { isStable: is, jobs } = await warmUp(run, 60_000);
  expect(is).toBe(true);
  expect(jobs).toBe(calls);
  expect(jobs).toBeGreaterThanOrEqual(9);
});

test('times that double with each job never become stable, and the patience ends', async () => {
  let ms = 1;
  const run = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return (ms *= 2);
  };
  expect(await warmUp(run, 450)).toMatchObject({ isStable: false });
});
