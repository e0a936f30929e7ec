import { once } from 'node:events';
import { PoolClosedError } from 'millrace';
import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const { makePool, threads } = guard();
const gated = fixture('modules/gated.mjs');

test('ready() fulfils when every thread has loaded the module, not before', async () => {
  const latch = new Latch();
  const pool = makePool({ threads: 2, workerData: { latch: latch.cells } }, gated);
  let isReady = false;
  const ready = pool.ready().then(() => (isReady = true));
  await latch.arrived(2);
  for (let turn = 0; turn < 10; turn += 1) await macrotask();
  expect(isReady).toBe(false);
  expect(pool.stats().threads).toMatchObject({ target: 2, ready: 0, busy: 0 });
  latch.open();
  await ready;
  expect(pool.stats().threads).toMatchObject({ target: 2, ready: 2, busy: 0 });
});

test('ready() may be asked at any time, and fulfils with nothing', async () => {
  const pool = makePool({ threads: 2 });
  expect(await Promise.all([pool.ready(), pool.ready()])).toEqual([undefined, undefined]);
  expect(await pool.ready()).toBeUndefined();
  await pool.run('echo', 1);
  expect(await pool.ready()).toBeUndefined();
});

test('jobs may be submitted before, and run when the module is loaded', async () => {
  const latch = new Latch();
  const pool = makePool({ threads: 1, backlog: 8, workerData: { latch: latch.cells } }, gated);
  const jobs = [1, 2, 3].map((n) => pool.run('echo', n));
  await latch.arrived();
  expect(pool.stats().jobs).toMatchObject({ queued: 3, running: 0 });
  latch.open();
  expect(await Promise.all(jobs)).toEqual([1, 2, 3]);
});

test('ready() waits for a thread that is being replaced', async () => {
  const pool = makePool({ threads: 1 });
  const latch = new Latch();
  const job = await pool.submit('hold', { latch: latch.cells });
  await latch.arrived();
  const retired = once(pool, 'threadRetired');
  job.cancel('enough');
  await retired;
  expect(pool.stats().threads.ready).toBe(0);
  await pool.ready();
  expect(pool.stats().threads).toMatchObject({ ready: 1, retirements: 1 });
});

test('threadReady is told for each thread that has loaded the module', async () => {
  const pool = makePool({ threads: 3 });
  let told = 0;
  pool.on('threadReady', () => (told += 1));
  await pool.ready();
  await macrotask();
  expect(told).toBe(3);
});

test.each([
  ['before', 0],
  ['while the threads boot, that is, before', 3],
])('ready() of a pool that is closed %s is rejected', async (_, turns) => {
  const pool = makePool({ threads: 1 });
  for (let turn = 0; turn < turns; turn += 1) await macrotask();
  const early = rejection(pool.ready());
  const closed = pool.close();
  for (const error of [await early, await rejection(pool.ready())]) {
    expect(error).toBeInstanceOf(PoolClosedError);
    expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED', started: false });
  }
  await closed;
  expect(await rejection(pool.ready())).toMatchObject({ code: 'ERR_POOL_CLOSED' });
});

/** Keeps this thread busy until the load timeout has passed and this many jobs have arrived. */
function beBusy(latch: Latch, loadTimeoutMs: number, arrivals: number): void {
  const until = performance.now() + 1.5 * loadTimeoutMs;
  while (performance.now() < until || latch.arrivals < arrivals);
}

test('a thread that greets while this one is busy for long was not too slow', async () => {
  const latch = new Latch();
  const host = fixture('arriving-host.mjs');
  const options = { threads: 1, loadTimeoutMs: 500, host, workerData: { latch: latch.cells } };
  const pool = makePool(options);
  await macrotask();
  beBusy(latch, 500, 1);
  await pool.ready();
  expect(threads.length).toBe(1);
});

test('nor is one that loads while this one is busy for long', async () => {
  const latch = new Latch();
  const options = { threads: 1, loadTimeoutMs: 1500, workerData: { latch: latch.cells } };
  const pool = makePool(options, gated);
  await latch.arrived();
  latch.open();
  beBusy(latch, 1500, 1);
  await pool.ready();
  expect(threads.length).toBe(1);
});
