import { once } from 'node:events';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const { makePool } = guard();

async function heldPool(backlog: object, heldBytes = 0) {
  const pool = makePool({ threads: 1, backlog: { jobs: 0, ...backlog } });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells, value: 'held' }, { bytes: heldBytes });
  await latch.arrived();
  return { pool, latch, held };
}

/** The entries that `log` jobs wrote, in the order of their runs. */
const logged = (entries: Int32Array): number[] =>
  Array.from(entries.subarray(1, 1 + (entries[0] as number)));

test('submit resolves at acceptance: to the job itself, which has not ended', async () => {
  const { pool, latch, held } = await heldPool({});
  let accepted = false;
  const submission = pool.submit('echo', 'waited').then((job) => {
    accepted = true;
    return job;
  });
  for (let turn = 0; turn < 10; turn += 1) await macrotask();
  expect(accepted).toBe(false);
  expect(pool.stats()).toMatchObject({ jobs: { waiting: 1 }, backlog: { waiters: 1, jobs: 0 } });
  latch.open();
  const job = await submission;
  expect(job).not.toHaveProperty('then');
  expect(await job.result).toBe('waited');
  expect(await held).toBe('held');
});

test('waiters are served first come, first served, by run and submit alike', async () => {
  const { pool, latch, held } = await heldPool({ jobs: 2 });
  const entries = new Int32Array(new SharedArrayBuffer(4 * 101));
  const jobs = Array.from({ length: 100 }, (_, entry) =>
    entry % 2 === 0
      ? pool.run('log', { entries, entry })
      : pool.submit('log', { entries, entry }).then((job) => job.result),
  );
  expect(pool.stats().jobs).toMatchObject({ queued: 2, waiting: 98 });
  latch.open();
  await Promise.all([held, ...jobs]);
  expect(logged(entries)).toEqual(Array.from({ length: 100 }, (_, entry) => entry));
});

test('a newcomer never overtakes those who wait, however small it is', async () => {
  const { pool, latch, held } = await heldPool({ jobs: 8, bytes: 10_000 }, 4000);
  const entries = new Int32Array(new SharedArrayBuffer(4 * 8));
  const large = pool.run('log', { entries, entry: 1 }, { bytes: 8000 });
  const small = pool.run('log', { entries, entry: 2 }, { bytes: 0 });
  expect(pool.trySubmit('log', { entries, entry: 3 }, { bytes: 0 })).toBeUndefined();
  expect(pool.stats().jobs).toMatchObject({ running: 1, queued: 0, waiting: 2 });
  latch.open();
  await Promise.all([held, large, small]);
  expect(logged(entries)).toEqual([1, 2]);
});

test('one freed place goes to one waiter', async () => {
  const pool = makePool({ threads: 1, backlog: 0 });
  const latches = Array.from({ length: 5 }, () => new Latch());
  const jobs = latches.map(({ cells }) => pool.run('hold', { latch: cells }));
  for (const [n, latch] of latches.entries()) {
    await latch.arrived();
    expect(pool.stats().jobs).toMatchObject({ running: 1, queued: 0, waiting: 4 - n });
    latch.open();
  }
  await Promise.all(jobs);
});

test('waiters are bounded in count', async () => {
  const { pool, latch, held } = await heldPool({ waiters: 3 });
  const waiting = [1, 2, 3].map((n) => pool.run('echo', n));
  const error = await rejection(pool.submit('echo', 4));
  expect(error).toMatchObject({ code: 'ERR_BACKLOG_FULL', limit: 'waiters', started: false });
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(1);
  expect(error.message).toContain('raise backlog.waiters');
  expect(error.message, 'it waits already').not.toContain('overflow');
  latch.open();
  expect(await Promise.all([held, ...waiting])).toEqual(['held', 1, 2, 3]);
});

test('waiters are bounded in bytes, by the figure of the backlog', async () => {
  const { pool, latch, held } = await heldPool({ bytes: 10_000 });
  const waiting = [1, 2].map((n) => pool.run('echo', n, { bytes: 4000 }));
  const error = await rejection(pool.submit('echo', 3, { bytes: 4000 }));
  expect(error).toMatchObject({ code: 'ERR_BACKLOG_FULL', limit: 'bytes', started: false });
  expect(error.message).toMatch(/\d{4} of 10000 bytes waiting.*raise backlog\.bytes/);
  expect(error.message, 'it waits already').not.toContain('overflow');
  latch.open();
  expect(await Promise.all([held, ...waiting])).toEqual(['held', 1, 2]);
  expect(await pool.run('echo', 3, { bytes: 4000 })).toBe(3);
});

test.each(['aborting', 'timing out'])(
  '%s, a large waiter lets the small behind it in',
  async (how) => {
    const { pool, latch, held } = await heldPool({ jobs: 8, bytes: 10_000 }, 4000);
    const cancelling = new AbortController();
    const options =
      how === 'aborting' ? { signal: cancelling.signal } : { timeout: { acceptMs: 5 } };
    const large = rejection(pool.submit('echo', 'large', { bytes: 6000, ...options }));
    const small = [1, 2].map((n) => pool.submit('echo', n, { bytes: 100 }));
    expect(pool.stats().jobs).toMatchObject({ queued: 0, waiting: 3 });
    cancelling.abort('large');
    await large;
    expect(pool.stats().jobs).toMatchObject({ queued: 2, waiting: 0 });
    expect((await Promise.all(small)).map((job) => job.state)).toEqual(['queued', 'queued']);
    latch.open();
    await held;
  },
);

test('a cancelled waiter frees its place among the waiters at once', async () => {
  const { pool, latch, held } = await heldPool({ waiters: 1 });
  for (let round = 0; round < 100; round += 1) {
    const cancelling = new AbortController();
    const waiter = rejection(pool.submit('echo', round, { signal: cancelling.signal }));
    expect(await rejection(pool.submit('echo', 'more'))).toMatchObject({ limit: 'waiters' });
    cancelling.abort(round);
    expect(pool.stats().jobs.waiting).toBe(0);
    expect(await waiter).toBe(round);
  }
  latch.open();
  expect(await held).toBe('held');
});

test('a waiter whose input cannot be transferred is refused and lets the next in', async () => {
  const { pool, latch, held } = await heldPool({});
  const memory = new ArrayBuffer(8);
  const broken = pool.submit('echo', 1, { transfer: [memory, memory] });
  const next = pool.run('echo', 'next');
  latch.open();
  expect(await rejection(broken)).toMatchObject({ code: 'ERR_NOT_CLONEABLE', what: 'input' });
  expect(await Promise.all([held, next])).toEqual(['held', 'next']);
  expect(memory.byteLength).toBe(8);
});

test('an awaiting producer is held back: never more than slots + backlog are accepted', async () => {
  const pool = makePool({ threads: 2, backlog: 3 });
  const jobs: Array<Promise<unknown>> = [];
  let most = 0;
  for (let n = 0; n < 500; n += 1) {
    jobs.push((await pool.submit('echo', n)).result);
    const { queued, running, waiting } = pool.stats().jobs;
    expect(waiting).toBe(0);
    most = Math.max(most, queued + running);
  }
  expect(await Promise.all(jobs)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  expect(most).toBeLessThanOrEqual(5);
});

test('saturated and available are told once each, turn by turn', async () => {
  const { pool, latch, held } = await heldPool({ jobs: 4 });
  const told: string[] = [];
  pool.on('saturated', () => told.push('saturated'));
  pool.on('available', () => told.push('available'));
  const available = once(pool, 'available');
  const jobs = Array.from({ length: 10 }, (_, n) => pool.run('echo', n));
  expect(pool.stats().retryAfterMs).toBeGreaterThanOrEqual(1);
  await macrotask();
  expect(told).toEqual(['saturated']);
  latch.open();
  await Promise.all([held, ...jobs, available]);
  expect(told).toEqual(['saturated', 'available']);
  expect(pool.stats().retryAfterMs).toBe(0);
});
