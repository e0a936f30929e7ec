import { expect, test } from 'vitest';
import {
  inFlightFor,
  secondsFor,
  slotsToTry,
  threadCounts,
  windowMsFor,
} from '../../../../../bench/scenarios/job/measure/plan.js';
import { ServiceTimes } from '../../../../../bench/scenarios/job/measure/service-time.js';

test.each([
  [1, [1]],
  [2, [1, 2]],
  [4, [1, 2, 3, 4]],
  [6, [1, 2, 3, 4, 6]],
  [16, [1, 2, 3, 4, 8, 16]],
])('up to %i threads: %j', (most, counts) => {
  expect(threadCounts(most)).toEqual(counts);
});

test('a job that computes is tried with one at once on a thread', () => {
  expect(slotsToTry({ threads: 2, concurrency: 64 }, false)).toEqual([
    { threads: 1, concurrency: 1 },
    { threads: 2, concurrency: 1 },
  ]);
});

test('a job that waits is tried with more and more at once, then so on all threads', () => {
  expect(slotsToTry({ threads: 2, concurrency: 64 }, true)).toEqual([
    { threads: 1, concurrency: 1 },
    { threads: 2, concurrency: 1 },
    { threads: 1, concurrency: 4 },
    { threads: 1, concurrency: 16 },
    { threads: 1, concurrency: 64 },
    { threads: 2, concurrency: 64 },
  ]);
  expect(slotsToTry({ threads: 1, concurrency: 6 }, true)).toEqual([
    { threads: 1, concurrency: 1 },
    { threads: 1, concurrency: 4 },
    { threads: 1, concurrency: 6 },
  ]);
  expect(slotsToTry({ threads: 1, concurrency: 1 }, true)).toEqual([
    { threads: 1, concurrency: 1 },
  ]);
});

test.each([
  // Long jobs: as many again as run.
  [2, 1, 20, 4],
  [1, 16, 20, 32],
  // Short jobs: 5 ms of work for each thread …
  [2, 1, 0.5, 22],
  // … but no more than 64 jobs.
  [1, 1, 0.001, 65],
])('%i threads × %i with jobs of %f ms: %i in flight', (threads, concurrency, ms, inFlight) => {
  expect(inFlightFor({ threads, concurrency }, ms)).toBe(inFlight);
});

test('a window holds several jobs, however long they are', () => {
  const times = new ServiceTimes();
  times.record(2000);
  expect(windowMsFor(3, times.summary())).toBeCloseTo(8000, -1);
  expect(windowMsFor(10, times.summary())).toBe(10_000);
});

test.each([
  [3, 5000, 3],
  [3, 100, 10],
  [3, 1, 15],
])('%i s are asked for, %i arrive per second: %i s', (seconds, rate, result) => {
  expect(secondsFor(seconds, rate)).toBe(result);
});
