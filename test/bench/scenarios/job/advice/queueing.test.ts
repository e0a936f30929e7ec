/** Checks the formulas against exact values: M/M/1, M/D/1 and tables of Erlang's formula. */
import { describe, expect, test } from 'vitest';
import {
  jobsThatDrain,
  meanWaitMs,
  p99WaitMs,
  rateForP99Wait,
  shareThatWaits,
} from '../../../../../bench/scenarios/job/advice/queueing.js';

describe("the share that waits (Erlang's C)", () => {
  test.each([
    [1, 0.5, 0.5],
    [1, 0.9, 0.9],
    // Two servers: 2ρ² ÷ (1 + ρ).
    [2, 0.5, 1 / 3],
    [2, 0.8, 1.28 / 1.8],
    // Five servers and an offered load of 4: from the tables.
    [5, 0.8, 0.554113],
    [3, 0, 0],
  ])('%i slots at a load of %f: %f', (slots, load, share) => {
    expect(shareThatWaits(slots, load)).toBeCloseTo(share, 6);
  });

  test('many slots do not overflow', () => {
    expect(shareThatWaits(10_000, 0.999)).toBeGreaterThan(0);
    expect(shareThatWaits(10_000, 0.999)).toBeLessThan(1);
  });
});

describe('the mean wait (Allen–Cunneen)', () => {
  test('is exact for M/M/1: ρ ÷ (μ − λ)', () => {
    const station = { slots: 1, saturationPerSecond: 100, variation: 1 };
    expect(meanWaitMs(station, 80)).toBeCloseTo(0.8 * 50, 9);
  });

  test('is exact for M/D/1: half of that', () => {
    const station = { slots: 1, saturationPerSecond: 100, variation: 0 };
    expect(meanWaitMs(station, 80)).toBeCloseTo(20, 9);
  });

  test('is without end from the saturation on', () => {
    const station = { slots: 2, saturationPerSecond: 100, variation: 1 };
    expect(meanWaitMs(station, 100)).toBe(Infinity);
    expect(p99WaitMs(station, 120)).toBe(Infinity);
  });
});

describe('the p99 of the wait', () => {
  test('is exact for M/M/1: ln(100 ρ) ÷ (μ − λ)', () => {
    const station = { slots: 1, saturationPerSecond: 100, variation: 1 };
    expect(p99WaitMs(station, 80)).toBeCloseTo(50 * Math.log(80), 9);
  });

  test('is nothing where fewer than one in a hundred waits', () => {
    expect(p99WaitMs({ slots: 1, saturationPerSecond: 100, variation: 1 }, 0.9)).toBe(0);
  });

  test.each([0.5, 5, 200, 5000])('the rate for a p99 of %f ms gives just that', (waitMs) => {
    const station = { slots: 2, saturationPerSecond: 400, variation: 0.7 };
    const rate = rateForP99Wait(station, waitMs);
    expect(rate).toBeLessThan(400);
    expect(p99WaitMs(station, rate)).toBeCloseTo(waitMs, 6);
  });

  test('no rate gives less than no wait', () => {
    expect(rateForP99Wait({ slots: 1, saturationPerSecond: 100, variation: 1 }, -1)).toBe(0);
  });
});

test.each([
  [100, 250, 25],
  [100, 259, 25],
  [8.5, 1000, 8],
  [100, 5, 0],
  [100, -5, 0],
])("Little's law: at %f per second %f ms drain %i jobs", (rate, ms, jobs) => {
  expect(jobsThatDrain(rate, ms)).toBe(jobs);
});
