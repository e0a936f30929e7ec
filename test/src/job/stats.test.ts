import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Stats } from '../../../src/job/stats.js';

/** The window that weights busy time. */
const WINDOW_MS = 10_000;

/** The weight of a period that ends now, each instant weighted by its age: the integral of e^(-age ÷ window). */
function weighted(ms: number): number {
  return WINDOW_MS * (1 - Math.exp(-ms / WINDOW_MS));
}

test('a pool that has done nothing counts nothing', () => {
  const stats = new Stats(5);
  const none = { p50: 0, p90: 0, p99: 0, max: 0, mean: 0, count: 0 };
  expect(stats.submitted).toBe(0);
  expect(stats.endings).toEqual({
    fulfilled: 0,
    rejected: 0,
    cancelled: 0,
    timedOut: 0,
    dropped: 0,
    refused: 0,
  });
  expect([stats.waitMs(), stats.runMs()]).toEqual([none, none]);
  expect(stats.meanBusySlots(10, [])).toBe(0);
});

describe('the distributions of times', () => {
  test('are those of what was recorded, waits and runs apart', () => {
    const stats = new Stats(0);
    for (let job = 1; job <= 100; job += 1) stats.recordRun(job / 1000, job / 500, job);
    expect(stats.waitMs()).toEqual({
      p50: 0.05,
      p90: 0.09,
      p99: 0.099,
      max: 0.1,
      mean: 0.0505,
      count: 100,
    });
    expect(stats.runMs()).toEqual({
      p50: 0.1,
      p90: 0.18,
      p99: 0.198,
      max: 0.2,
      mean: 0.101,
      count: 100,
    });
  });

  test.each([
    [0, 0.001],
    [0.0004, 0.001],
    [0.0014, 0.001],
    [0.0016, 0.002],
    [1.5, 1.5],
  ])('round %d ms to microseconds, at least one: %d', (ms, rounded) => {
    const stats = new Stats(0);
    stats.recordRun(ms, 2 * ms, 0);
    expect(stats.waitMs().mean).toBeCloseTo(rounded, 6);
    expect(stats.waitMs().count).toBe(1);
  });

  test.each([127, 128, 129, 256, 1000])('count all of %i jobs', (jobs) => {
    const stats = new Stats(0);
    for (let job = 0; job < jobs; job += 1) stats.recordRun(1, 1, job);
    expect([stats.waitMs().count, stats.runMs().count]).toEqual([jobs, jobs]);
    stats.recordRun(1, 1, jobs);
    expect([stats.waitMs().count, stats.runMs().count]).toEqual([jobs + 1, jobs + 1]);
  });

  test('leave out jobs that were settled before they ended', () => {
    const stats = new Stats(0);
    stats.recordRun(0.002, 0.004, 1);
    stats.recordAbandoned(1000, 1000);
    stats.recordRun(0.002, 0.004, 1001);
    expect(stats.waitMs()).toMatchObject({ count: 2, max: 0.002 });
    expect(stats.runMs()).toMatchObject({ count: 2, max: 0.004 });
  });

  test('agree with the sorted times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 150 }),
        (times) => {
          const stats = new Stats(0);
          for (const us of times) stats.recordRun(us / 1000, us / 1000, 0);
          const { p50, max, mean, count } = stats.runMs();
          const sorted = times.toSorted((a, b) => a - b);
          expect(count).toBe(times.length);
          expect(max).toBe((sorted.at(-1) as number) / 1000);
          expect(p50).toBe((sorted[Math.ceil(times.length / 2) - 1] as number) / 1000);
          expect(mean).toBeCloseTo(times.reduce((sum, us) => sum + us, 0) / times.length / 1000, 9);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('the time after which to retry', () => {
  test.each([
    ['a tenth of a second for each slot before any job has run', [], 1, 1, 100],
    ['the excess times that', [], 3, 2, 150],
    ['a whole number, rounded up', [], 1, 3, 34],
    ['at least a millisecond', [], 0, 1, 1],
    ['a millisecond where the jobs are much shorter', [0.001], 10, 1, 1],
    ['two milliseconds just above one', [1], 1001, 1000, 2],
    ['a second where none has run', [], 10, 1, 1000],
    ['at most a second where none has run', [], 11, 1, 1000],
    ['a minute less a little', [100], 599, 1, 59_900],
    ['at most a minute', [100], 601, 1, 60_000],
    ['the first run time', [10], 1, 1, 10],
    ['the mean, in which a later run time weighs a thirty-second', [10, 42], 1, 1, 11],
    ['excess times mean by slots', [10, 42], 7, 2, 39],
  ])('is %s', (_, runs, excess, slots, expected) => {
    const stats = new Stats(0);
    for (const runMs of runs) stats.recordRun(0, runMs, 0);
    expect(stats.retryAfterMs(excess, slots)).toBe(expected);
  });

  test('is not changed by jobs that were settled before they ended', () => {
    const stats = new Stats(0);
    stats.recordAbandoned(5000, 5000);
    expect([stats.retryAfterMs(1, 1), stats.retryAfterMs(99, 1)]).toEqual([100, 1000]);
    stats.recordRun(0, 10, 5010);
    stats.recordAbandoned(5000, 10_010);
    expect(stats.retryAfterMs(1, 1)).toBe(10);
  });
});

describe('the mean number of busy slots', () => {
  test.each([
    ['at the birth of the pool', 500],
    ['before it, on a clock of another thread', 400],
  ])('is none %s', (_, nowMs) => {
    expect(new Stats(500).meanBusySlots(nowMs, [0])).toBe(0);
  });

  test.each([
    ['one that has run all the time', [0], 1],
    ['two that have', [0, 0], 2],
    ['one that has run for the second half', [500], weighted(500) / weighted(1000)],
    ['one that was started in the future, on a clock of another thread', [0, 2000], 1],
  ])('counts jobs that run now: %s', (_, runningSinceMs, expected) => {
    expect(new Stats(0).meanBusySlots(1000, runningSinceMs)).toBeCloseTo(expected, 12);
  });

  test('counts from the instant at which the pool began', () => {
    expect(new Stats(500).meanBusySlots(1500, [1000])).toBeCloseTo(
      weighted(500) / weighted(1000),
      12,
    );
  });

  test.each([
    ['of a run as it ends', 1000, 1000, weighted(1000) / weighted(1000)],
    ['of a run ten seconds ago', 1000, 11_000, (weighted(1000) * Math.exp(-1)) / weighted(11_000)],
    ['of the shortest run that is weighted', 100, 100, 1],
    [
      'of the shortest run that ages between two looks',
      100,
      200,
      (weighted(100) * Math.exp(-0.01)) / weighted(200),
    ],
    ['of a shorter run, as if it were just now', 99, 200, 99 / weighted(200)],
  ])('has the time %s', (_, runMs, nowMs, expected) => {
    const stats = new Stats(0);
    stats.recordRun(0, runMs, runMs);
    expect(stats.meanBusySlots(nowMs, [])).toBeCloseTo(expected, 12);
    expect(stats.meanBusySlots(nowMs, []), 'a second look changes nothing').toBeCloseTo(
      expected,
      12,
    );
  });

  test('ages by the time since it was last weighted, not by that since the start', () => {
    const stats = new Stats(0);
    stats.recordRun(0, 100, 150);
    stats.recordRun(0, 50, 200);
    expect(stats.meanBusySlots(240, [])).toBeCloseTo(
      (weighted(100) * Math.exp(-0.009) + 50) / weighted(240),
      12,
    );
  });

  test('has the time of jobs that were settled before they ended', () => {
    const stats = new Stats(0);
    stats.recordAbandoned(1000, 1000);
    expect(stats.meanBusySlots(1000, [])).toBeCloseTo(1, 12);
  });

  test('does not grow where the clock of a thread is ahead', () => {
    const stats = new Stats(0);
    stats.recordRun(0, 1000, 1000);
    expect(stats.meanBusySlots(900, [])).toBeCloseTo(weighted(1000) / weighted(900), 12);
    expect(stats.meanBusySlots(2000, [])).toBeCloseTo(
      (weighted(1000) * Math.exp(-0.1)) / weighted(2000),
      12,
    );
  });

  test('is about one where jobs follow each other without a gap, however long they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 200 }),
        (runs) => {
          const stats = new Stats(0);
          let nowMs = 0;
          for (const runMs of runs) {
            nowMs += runMs;
            stats.recordRun(0, runMs, nowMs);
          }
          // A run shorter than 100 ms is weighted as if it ended now, which is up to 1 % too much.
          expect(Math.abs(stats.meanBusySlots(nowMs, []) - 1)).toBeLessThan(0.025);
        },
      ),
      { numRuns: 30 },
    );
  });
});
