import { afterEach, expect, test, vi } from 'vitest';
import { sharedNowMs } from '../../../src/wire/clock.js';

afterEach(() => {
  vi.restoreAllMocks();
});

test('gives the time of the monotonic clock of the machine in milliseconds', () => {
  const before = process.hrtime.bigint();
  const nowMs = sharedNowMs();
  const after = process.hrtime.bigint();
  // The sum of two rounded numbers is off by less than a microsecond.
  expect(nowMs).toBeGreaterThan(Number(before) / 1e6 - 1e-3);
  expect(nowMs).toBeLessThan(Number(after) / 1e6 + 1e-3);
});

test('never goes back', () => {
  let lastMs = sharedNowMs();
  for (let look = 0; look < 1000; look += 1) {
    const nowMs = sharedNowMs();
    expect(nowMs).toBeGreaterThanOrEqual(lastMs);
    lastMs = nowMs;
  }
});

test('goes on where a job module has replaced the clocks', () => {
  const beforeMs = sharedNowMs();
  vi.spyOn(process, 'hrtime').mockReturnValue([0, 0]);
  vi.spyOn(performance, 'now').mockReturnValue(0);
  expect(sharedNowMs()).toBeGreaterThanOrEqual(beforeMs);
});
