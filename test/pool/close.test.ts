import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { PoolClosedError } from 'millrace';
import { expect, test } from 'vitest';
import { repeats } from '../helpers/extent.js';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { takeLeftovers } from '../helpers/leftovers.js';
import { macrotask, rejection, thrownBy } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

async function heldPool(options = {}) {
  const pool = makePool({ threads: 1, backlog: 4, ...options });
  const latch = new Latch();
  const held = await pool.submit('hold', { latch: latch.cells, value: 'held' });
  await latch.arrived();
  return { pool, latch, held };
}

test('a job that runs long is waited for, though another ends first', async () => {
  const pool = makePool({ threads: 2 });
  const [short, long] = [new Latch(), new Latch()];
  const shortJob = pool.run('hold', { latch: short.cells, value: 'short' });
  const longJob = pool.run('hold', { latch: long.cells, value: 'long' });
  await Promise.all([short.arrived(), long.arrived()]);
  let isClosed = false;
  const closed = pool.close().finally(() => (isClosed = true));
  short.open();
  expect(await shortJob).toBe('short');
  for (let turn = 0; turn < 50; turn += 1) await macrotask();
  expect(isClosed).toBe(false);
  long.open();
  expect(await longJob).toBe('long');
  expect(await closed).toMatchObject({ fulfilled: 2, rejected: 0, unfinished: [] });
  expect(threads.map((thread) => thread.threadId)).toEqual([-1, -1]);
});

test('the same with jobs of 600 and 100 ms', async () => {
  const pool = makePool({ threads: 2 });
  await pool.ready();
  const jobs = [pool.run('spin', 600), pool.run('spin', 100)];
  expect(await pool.close()).toMatchObject({ fulfilled: 2, unfinished: [] });
  expect(await Promise.all(jobs)).toEqual([600, 100]);
});

test('accepted jobs run to their end, those that wait are refused', async () => {
  const { pool, latch, held } = await heldPool();
  const queued = [1, 2, 3, 4].map((n) => pool.run('echo', n));
  const waiting = [5, 6].map((n) => rejection(pool.submit('echo', n)));
  const closed = pool.close();
  for (const error of await Promise.all(waiting)) {
    expect(error).toBeInstanceOf(PoolClosedError);
    expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED', started: false });
  }
  expect(pool.stats().jobs).toMatchObject({ running: 1, queued: 4, waiting: 0, refused: 2 });
  latch.open();
  expect(await Promise.all([held.result, ...queued])).toEqual(['held', 1, 2, 3, 4]);
  expect(await closed).toEqual({
    fulfilled: 5,
    rejected: 0,
    cancelled: 0,
    timedOut: 0,
    dropped: 0,
    refused: 2,
    unfinished: [],
    threadsLeft: 0,
  });
});

test('no job is taken while it closes, nor ever after', async () => {
  const { pool, latch, held } = await heldPool();
  const closing = pool.close();
  for (let round = 0; round < 2; round += 1) {
    for (const error of [
      await rejection(pool.run('echo', 1)),
      await rejection(pool.submit('echo', 1)),
      await rejection(pool.job('echo')(1)),
      thrownBy(() => pool.trySubmit('echo', 1)),
    ]) {
      expect(error).toBeInstanceOf(PoolClosedError);
      expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED', started: false });
      expect(error.message).toMatch(/closed/);
    }
    latch.open();
    await closing;
  }
  expect(await held.result).toBe('held');
  expect(threads.length).toBe(1);
});

// The port of an ended thread may close a turn after its exit is reported; close() waits for both.
test('a closed pool has no threads', async () => {
  for (let round = 0; round < repeats(5, 20); round += 1) {
    const pool = makePool({ threads: 2 });
    await pool.run('echo', 1);
    await pool.close();
    expect(pool.stats().threads).toMatchObject({ target: 2, ready: 0, busy: 0 });
  }
});

test('a thread that is stuck after its last answer does not keep the pool from closing', async () => {
  const pool = makePool({ threads: 2 }, fixture('modules/console.mjs'));
  const latch = new Latch();
  await pool.run('returnAndSpin', { latch: latch.cells });
  await latch.arrived();
  expect(await pool.close()).toMatchObject({ fulfilled: 0, unfinished: [] });
  expect(threads.map((thread) => thread.threadId)).toEqual([-1, -1]);
});

test('closing twice gives the same promise', async () => {
  const { pool, latch } = await heldPool();
  const closed = pool.close();
  expect(pool.close()).toBe(closed);
  expect(pool.close({ deadlineMs: 60_000 })).toBe(closed);
  latch.open();
  const report = await closed;
  expect(await pool.close()).toBe(report);
  expect(report).toMatchObject({ fulfilled: 1 });
});

test('the closed event tells the report, once', async () => {
  const pool = makePool({ threads: 1 });
  const closed = once(pool, 'closed');
  await pool.run('echo', 1);
  const report = await pool.close();
  expect((await closed)[0]).toBe(report);
  // Only jobs that ended since close() are counted.
  expect(report).toMatchObject({ fulfilled: 0 });
});

test.each([
  ['before its threads boot', async () => {}],
  ['while its threads boot', () => macrotask()],
])('a pool that is idle closes %s', async (_, moment) => {
  const pool = makePool({ threads: 2 });
  await moment();
  expect(await pool.close()).toMatchObject({ fulfilled: 0, unfinished: [] });
  expect(threads.filter((thread) => thread.threadId !== -1)).toEqual([]);
});

test('jobs that were accepted while the threads boot are waited for', async () => {
  const pool = makePool({ threads: 2 });
  const jobs = [1, 2, 3].map((n) => pool.run('echo', n));
  expect(await pool.close()).toMatchObject({ fulfilled: 3 });
  expect(await Promise.all(jobs)).toEqual([1, 2, 3]);
});

test('a job may be cancelled while the pool closes: running, queued, by signal or by hand', async () => {
  const { pool, held } = await heldPool();
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const byHand = await pool.submit('echo', 1);
  const bySignal = rejection(pool.run('echo', 2, { signal }));
  const kept = pool.run('echo', 'kept');
  const closed = pool.close();
  byHand.cancel('by hand');
  cancelling.abort('by signal');
  held.cancel('running');
  expect(await rejection(byHand.result)).toBe('by hand');
  expect(await bySignal).toBe('by signal');
  expect(await rejection(held.result)).toBe('running');
  expect(await kept).toBe('kept');
  expect(await closed).toMatchObject({ fulfilled: 1, cancelled: 3, unfinished: [] });
});

test.each([
  ['obey', 0],
  ['ignore', 1],
])('a job that was cancelled right before has its grace: one that would %s', async (name, code) => {
  const pool = makePool({ threads: 1 }, fixture('running.js'));
  const latch = new Latch();
  const job = await pool.submit(name, { latch: latch.cells });
  await latch.arrived();
  job.cancel('enough');
  expect(await rejection(job.result)).toBe('enough');
  const exited = once(threads[0] as Worker, 'exit');
  expect(await pool.close()).toMatchObject({ unfinished: [], threadsLeft: 0 });
  expect(await exited).toEqual([code]);
  expect(threads, 'none boots to be ended').toHaveLength(1);
});

test('cancelling everything that is left lets a closing pool close', async () => {
  const { pool, held } = await heldPool();
  const queued = await Promise.all([1, 2, 3, 4].map((n) => pool.submit('echo', n)));
  const closed = pool.close();
  for (const job of [held, ...queued]) job.cancel('all');
  expect(await closed).toMatchObject({ cancelled: 5, unfinished: [] });
});

test('a thread that is lost while the pool closes is replaced for what is left', async () => {
  const { pool, held } = await heldPool();
  const queued = [1, 2, 3].map((n) => pool.run('echo', n));
  const closed = pool.close();
  void threads[0]?.terminate();
  expect(await rejection(held.result)).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(await Promise.all(queued)).toEqual([1, 2, 3]);
  expect(await closed).toMatchObject({ fulfilled: 3, rejected: 1 });
});

test('timeouts count on while the pool closes', async () => {
  const pool = makePool({ threads: 1, backlog: 4 });
  const latch = new Latch();
  const running = rejection(pool.run('hold', { latch: latch.cells }, { timeout: { runMs: 20 } }));
  const queued = rejection(pool.run('echo', 1, { timeout: { queueMs: 5 } }));
  await latch.arrived();
  const closed = pool.close();
  expect(await queued).toMatchObject({ phase: 'queue' });
  expect(await running).toMatchObject({ phase: 'run' });
  expect(await closed).toMatchObject({ fulfilled: 0, unfinished: [] });
  expect(pool.stats().jobs.timedOut).toBe(2);
});

test('disposing of a pool closes it without a deadline', async () => {
  const { pool, latch, held } = await heldPool();
  const disposed = pool[Symbol.asyncDispose]();
  expect(await rejection(pool.run('echo', 1))).toMatchObject({ code: 'ERR_POOL_CLOSED' });
  latch.open();
  expect(await disposed).toBeUndefined();
  expect(await held.result).toBe('held');
  expect(await pool.close()).toMatchObject({ fulfilled: 1 });
});

test('closing a closed pool within a deadline leaves nothing behind', async () => {
  const pool = makePool({ threads: 1 });
  await pool.close();
  await pool.close({ deadlineMs: 60_000 });
  expect(await takeLeftovers()).toEqual([]);
});
