import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backlog } from '../../../src/schedule/backlog.js';
import { Deadlines } from '../../../src/job/deadlines.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Lease } from '../../../src/schedule/lease.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const job = { bytes: 1 } as JobRecord;

function setUp(): { told: boolean[]; come: () => void; end: () => void } {
  const now = (): number => performance.now();
  const backlog = new Backlog<JobRecord>(1, { jobs: 9, bytes: 9, waiters: 9 });
  const told: boolean[] = [];
  const lease = new Lease(backlog, new Deadlines(now), now, (isHeld) => told.push(isHeld));
  return {
    told,
    come() {
      backlog.accept(job);
      lease.touch();
    },
    end: () => backlog.release(job),
  };
}

test('the process is held from the first job on, and let go a moment after the last', () => {
  const { told, come, end } = setUp();
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([]);
  come();
  come();
  expect(told, 'at once').toEqual([true]);
  vi.advanceTimersByTime(10_000);
  end();
  vi.advanceTimersByTime(10_000);
  expect(told, 'one job is left').toEqual([true]);
  end();
  vi.advanceTimersByTime(200);
  expect(told).toEqual([true, false]);
  expect(vi.getTimerCount(), 'an idle pool has no timer').toBe(0);
});

test('jobs that come one by one hold it all the time', () => {
  const { told, come, end } = setUp();
  for (let count = 0; count < 100; count += 1) {
    come();
    end();
    vi.advanceTimersByTime(90);
  }
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(200);
  expect(told).toEqual([true, false]);
  come();
  expect(told).toEqual([true, false, true]);
});
