import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Backlog } from '../../../src/schedule/backlog.js';
import { Deadlines } from '../../../src/job/deadlines.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Lease } from '../../../src/schedule/lease.js';
import { recordOf } from '../job/records.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const job = recordOf();

function setUp(): {
  told: boolean[];
  come: () => void;
  end: () => void;
  wait: () => void;
  leave: () => void;
} {
  const startMs = performance.now();
  const now = (): number => performance.now() - startMs;
  const backlog = new Backlog<JobRecord>(1, { jobs: 9, bytes: 9, waiters: 9 });
  const told: boolean[] = [];
  const lease = new Lease(backlog, new Deadlines(now), now, (isLive) => told.push(isLive));
  return {
    told,
    come() {
      backlog.accept(job);
      lease.touch();
    },
    end: () => backlog.release(job),
    wait() {
      backlog.wait(job);
      lease.touch();
    },
    leave: () => backlog.leave(job),
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

test('a job that ends at once holds it until the second time that this is asked', () => {
  const { told, come, end } = setUp();
  come();
  end();
  vi.advanceTimersByTime(199);
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([true, false]);
});

test('a job that comes between two times to ask holds it for one more', () => {
  const { told, come, end } = setUp();
  come();
  end();
  vi.advanceTimersByTime(199);
  come();
  end();
  vi.advanceTimersByTime(100);
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([true, false]);
});

test('a job that ends is let go at the next time to ask, as nothing has come since', () => {
  const { told, come, end } = setUp();
  come();
  vi.advanceTimersByTime(100);
  end();
  vi.advanceTimersByTime(99);
  expect(told).toEqual([true]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([true, false]);
});

test('a submission that waits holds it without any job', () => {
  const { told, wait, leave } = setUp();
  wait();
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([true]);
  leave();
  vi.advanceTimersByTime(100);
  expect(told).toEqual([true, false]);
});
