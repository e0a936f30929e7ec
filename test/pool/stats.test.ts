import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection, until } from '../helpers/outcomes.js';

const { makePool } = guard();

test('a new pool has counted nothing', () => {
  const none = { p50: 0, p90: 0, p99: 0, max: 0, mean: 0, count: 0 };
  expect(makePool({ threads: 2, backlog: 8 }).stats()).toEqual({
    threads: { target: 2, ready: 0, busy: 0, retired: 0, lost: 0, retirements: 0, terminated: 0 },
    jobs: {
      submitted: 0,
      abandoned: 0,
      waiting: 0,
      queued: 0,
      running: 0,
      fulfilled: 0,
      rejected: 0,
      cancelled: 0,
      timedOut: 0,
      dropped: 0,
      refused: 0,
    },
    backlog: {
      jobs: 0,
      bytes: 0,
      waiters: 0,
      oldestMs: 0,
      limit: { jobs: 8, bytes: 64 * 1024 ** 2, waiters: 1024 },
    },
    waitMs: none,
    runMs: none,
    utilization: 0,
    retryAfterMs: 0,
  });
});

test('the snapshot is plain data and changes no more', async () => {
  const pool = makePool({ threads: 1 });
  const before = pool.stats();
  await pool.run('echo', 1);
  const after = pool.stats();
  expect(before.jobs.submitted).toBe(0);
  expect(structuredClone(after)).toEqual(after);
  expect(JSON.parse(JSON.stringify(after))).toEqual(after);
  (after.backlog.limit as { jobs: number }).jobs = 0;
  expect(pool.stats().backlog.limit.jobs).toBe(1024);
});

test('run times and waiting times are those of the jobs', async () => {
  const pool = makePool({ threads: 1, backlog: 8 });
  await pool.ready();
  await Promise.all([1, 2, 3, 4].map(() => pool.run('spin', 50)));
  const { runMs, waitMs } = pool.stats();
  expect([runMs.count, waitMs.count]).toEqual([4, 4]);
  expect(runMs.p50).toBeGreaterThanOrEqual(45);
  // The last job waited for the three before it.
  expect(waitMs.max).toBeGreaterThanOrEqual(3 * 45);
  for (const { p50, p90, p99, max } of [runMs, waitMs]) {
    expect([p50, p90, p99, max]).toEqual([p50, p90, p99, max].toSorted((a, b) => a - b));
  }
});

test('busy threads, utilization and the age of the oldest job show the load', async () => {
  const pool = makePool({ threads: 2, backlog: 8 });
  await pool.ready();
  const latch = new Latch();
  const jobs = [1, 2, 3].map(() => pool.run('hold', { latch: latch.cells }));
  await latch.arrived(2);
  await until(() => pool.stats().utilization > 0);
  const first = pool.stats();
  expect(first.threads).toMatchObject({ ready: 2, busy: 2 });
  expect(first.jobs).toMatchObject({ running: 2, queued: 1 });
  expect(first.utilization).toBeLessThanOrEqual(1);
  const later = pool.stats();
  expect(later.backlog.oldestMs).toBeGreaterThanOrEqual(first.backlog.oldestMs);
  latch.open();
  await Promise.all(jobs);
  expect(pool.stats()).toMatchObject({ threads: { busy: 0 }, backlog: { oldestMs: 0, bytes: 0 } });
});

test('a cold pool that is full asks nobody to stay away for more than a second', async () => {
  const pool = makePool({ threads: 1, overflow: 'reject' });
  const jobs = Array.from({ length: 1025 }, (_, n) => pool.run('echo', n));
  expect(pool.trySubmit('echo', 'one too many')).toBeUndefined();
  expect(pool.stats().retryAfterMs).toBe(1000);
  const error = await rejection(pool.run('echo', 'one too many'));
  expect(error).toMatchObject({ code: 'ERR_BACKLOG_FULL', retryAfterMs: 1000 });
  expect(error.message).toContain('about 1000 ms');
  expect(await Promise.all(jobs)).toHaveLength(1025);
});
