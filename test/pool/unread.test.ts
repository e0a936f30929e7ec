import { once } from 'node:events';
import type { Job } from 'millrace';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const { makePool } = guard();

function listenedPool(options = {}) {
  const pool = makePool({ threads: 1, backlog: 4, ...options });
  const failed: Array<[error: unknown, job: Job<unknown>]> = [];
  pool.on('failed', (error, job) => failed.push([error, job]));
  return { pool, failed };
}

test('a job that fails unread is told with its error and its handle, once', async () => {
  const { pool, failed } = listenedPool();
  const told = once(pool, 'failed');
  const job = await pool.submit('len', undefined);
  const [error, same] = await told;
  expect(error).toBeInstanceOf(TypeError);
  expect(same).toBe(job);
  expect(job.state).toBe('rejected');
  expect(await rejection(job.result)).toBe(error);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(failed).toHaveLength(1);
});

test.each([
  ['thrown', 'len', undefined, 'rejected'],
  ['unknown', 'nothing', 1, 'rejected'],
  ['uncloneable', 'echo', () => {}, 'rejected'],
])('%s: so is each failure of a job of trySubmit', async (_, name, input, state) => {
  const { pool, failed } = listenedPool();
  const told = once(pool, 'failed');
  const job = pool.trySubmit(name, input);
  await told;
  expect(failed.map(([, each]) => each)).toEqual([job]);
  expect(job?.state).toBe(state);
});

test('a job that was timed out, dropped or cut off is told, one that was cancelled is not', async () => {
  const { pool, failed } = listenedPool({ overflow: 'drop-oldest', backlog: 2 });
  const latch = new Latch();
  await pool.submit('hold', { latch: latch.cells });
  await latch.arrived();
  const dropped = await pool.submit('echo', 'dropped');
  const cancelled = await pool.submit('echo', 'cancelled');
  await pool.submit('echo', 'cut off');
  cancelled.cancel();
  const late = await pool.submit('echo', 'late', { timeout: { queueMs: 5 } });
  await once(pool, 'failed');
  while (failed.length < 2) await once(pool, 'failed');
  expect(failed.map(([, job]) => job)).toEqual([dropped, late]);
  await pool.close({ deadlineMs: 0 });
  await macrotask();
  expect(failed.map(([, job]) => job.state)).toEqual([
    'dropped',
    'timedOut',
    'rejected',
    'rejected',
  ]);
});

test('a job whose result was read is not told, however late it fails', async () => {
  const { pool, failed } = listenedPool();
  const latch = new Latch();
  const job = await pool.submit('hold', { latch: latch.cells });
  const result = rejection(job.result);
  await latch.arrived();
  await pool.close({ deadlineMs: 0 });
  expect(await result).toMatchObject({ code: 'ERR_POOL_CLOSED' });
  await macrotask();
  expect(failed).toEqual([]);
});

test('a job that fails before submit() has given its handle may be read by then', async () => {
  const { pool, failed } = listenedPool();
  await pool.ready();
  for (let round = 0; round < 10; round += 1) {
    const job = await pool.submit('echo', () => {});
    expect(await rejection(job.result)).toMatchObject({ code: 'ERR_NOT_CLONEABLE' });
  }
  await macrotask();
  expect(failed).toEqual([]);
});

test('a submission that is not accepted in time is rejected, and not told besides', async () => {
  const { pool, failed } = listenedPool({ backlog: 0 });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  await latch.arrived();
  const error = await rejection(pool.submit('echo', 1, { timeout: { acceptMs: 5 } }));
  expect(error).toMatchObject({ code: 'ERR_JOB_TIMEOUT', phase: 'accept' });
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
  expect(failed).toEqual([]);
  latch.open();
  await held;
});

test('neither refusals nor failures of run() are told', async () => {
  const { pool, failed } = listenedPool({ overflow: 'reject', backlog: 0 });
  await pool.ready();
  await rejection(pool.run('len', undefined));
  await rejection(pool.submit('nothing'));
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells });
  await latch.arrived();
  await rejection(pool.submit('echo', 1));
  latch.open();
  await held;
  await macrotask();
  expect(failed).toEqual([]);
});

test('reading a result and not handling it raises nothing', async () => {
  const { pool } = listenedPool();
  const job = await pool.submit('len', undefined);
  void job.result;
  void job.result;
  expect(await pool.run('echo', 'on')).toBe('on');
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
  expect(job.result).toBe(job.result);
  expect(await rejection(job.result)).toBeInstanceOf(TypeError);
});

test('a result can be read after the end, as often as one likes', async () => {
  const { pool } = listenedPool();
  const job = await pool.submit('echo', { value: 1 });
  while (job.state !== 'fulfilled') await macrotask();
  expect(await job.result).toEqual({ value: 1 });
  expect(await job.result).toBe(await job.result);
});

test('a listener that throws does not keep the others from being told', async () => {
  const { pool, failed } = listenedPool();
  pool.on('failed', () => {
    if (failed.length === 1) throw new RangeError('a broken listener');
  });
  const uncaught = new Promise((resolve) => {
    const handlers = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const handler of handlers) process.on('uncaughtException', handler);
      resolve(error);
    });
  });
  const jobs = await Promise.all([1, 2].map(() => pool.submit('echo', () => {})));
  expect(await uncaught).toBeInstanceOf(RangeError);
  for (let turn = 0; turn < 5; turn += 1) await macrotask();
  expect(failed.map(([, job]) => job)).toEqual(jobs);
});
