import { describe, expect, test } from 'vitest';
import { type Arrivals, evenArrivals, poissonArrivals } from '../../../bench/load/arrivals.js';
import { randomFrom } from '../../../bench/math/random.js';

const timesOf = (arrivals: Arrivals): number[] =>
  Array.from({ length: arrivals.total }, (_, n) => arrivals.at(n));

test('even arrivals have one spacing', () => {
  const arrivals = evenArrivals(1000, 0.005);
  expect(timesOf(arrivals)).toEqual([0, 1000, 2000, 3000, 4000]);
  expect(arrivals.endUs).toBe(5000);
  expect(evenArrivals(1, 0.1).total).toBe(1);
});

test.each([
  { elapsedUs: -1, even: 0, poisson: 0 },
  { elapsedUs: 0, even: 1, poisson: 1 },
  { elapsedUs: 2999, even: 3, poisson: undefined },
  { elapsedUs: 3000, even: 4, poisson: undefined },
  { elapsedUs: Infinity, even: 5, poisson: undefined },
])('after $elapsedUs µs those are due whose time has come', ({ elapsedUs, even, poisson }) => {
  expect(evenArrivals(1000, 0.005).dueBy(elapsedUs)).toBe(even);
  const random = poissonArrivals(1000, 0.005, randomFrom(1));
  const counted = timesOf(random).filter((atUs) => atUs <= elapsedUs).length;
  expect(random.dueBy(elapsedUs)).toBe(poisson ?? counted);
});

describe('Poisson arrivals', () => {
  const arrivals = poissonArrivals(10_000, 10, randomFrom(3));
  const times = timesOf(arrivals);

  test('are as many as the rate says, in their order, within the time', () => {
    expect(arrivals.total).toBeGreaterThan(98_000);
    expect(arrivals.total).toBeLessThan(102_000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(10e6);
  });

  test('know nothing of each other: the spacings are exponential', () => {
    const spacings = times.slice(1).map((atUs, at) => atUs - (times[at] as number));
    const longer = (us: number) => spacings.filter((each) => each > us).length / spacings.length;
    for (const us of [10, 50, 100, 300]) expect(longer(us)).toBeCloseTo(Math.exp(-us / 100), 2);
  });

  test('are the same for the same seed', () => {
    expect(timesOf(poissonArrivals(10_000, 10, randomFrom(3)))).toEqual(times);
    expect(timesOf(poissonArrivals(10_000, 10, randomFrom(4)))).not.toEqual(times);
  });

  test('there is at least one', () => {
    expect(timesOf(poissonArrivals(1, 0.0001, randomFrom(1)))).toEqual([0]);
  });
});
