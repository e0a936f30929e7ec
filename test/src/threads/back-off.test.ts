import { expect, test } from 'vitest';
import { BackOff } from '../../../src/threads/back-off.js';

/** Delays after each of `failures` failures. */
function delays(backOff: BackOff, failures: number): number[] {
  return Array.from({ length: failures }, () => {
    backOff.failed();
    return backOff.delayMs;
  });
}

test('nothing waits before anything has failed', () => {
  expect(new BackOff(1).delayMs).toBe(0);
});

test('the wait doubles with each round of failures, up to five seconds', () => {
  expect(delays(new BackOff(1), 9)).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  expect(delays(new BackOff(3), 9)).toEqual([0, 0, 50, 50, 50, 100, 100, 100, 200]);
});

test('an answer makes up for all failures before it', () => {
  const backOff = new BackOff(1);
  expect(delays(backOff, 3)).toEqual([50, 100, 200]);
  backOff.reset();
  expect(backOff.delayMs).toBe(0);
  expect(delays(backOff, 2)).toEqual([50, 100]);
});
