/** Tests what a running job learns from its own signal; `ending.test.ts` tests what happens to its thread. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PoolOptions } from 'millrace';
import { describe, expect, test } from 'vitest';
import { repeats } from '../helpers/extent.js';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection, until } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

/** No job of these pools outlives its grace. */
function setUp(options: PoolOptions = {}) {
  const pool = makePool({ threads: 1, graceMs: 60_000, ...options }, fixture('told.js'));
  const latch = new Latch();
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const seen = (): unknown => ['nothing', 'AbortError', 'TimeoutError'][cells[0] as number];
  const quiet = (): Promise<void> => until(() => pool.stats().jobs.abandoned === 0);
  return { pool, latch, seen, quiet, input: { latch: latch.cells, cells } };
}

describe.each(['loop', 'throwInLoop', 'listen'])('a job that looks: %s', (name) => {
  test('learns that it was cancelled', async () => {
    const { pool, latch, seen, quiet, input } = setUp();
    const job = await pool.submit(name, input);
    await latch.arrived();
    job.cancel('enough');
    expect(await rejection(job.result)).toBe('enough');
    await quiet();
    expect(seen()).toBe('AbortError');
    expect(await pool.run('echo', 'on')).toBe('on');
    expect(threads).toHaveLength(1);
  });

  test('learns that its time is over', async () => {
    const { pool, seen, quiet, input } = setUp();
    const error = await rejection(pool.run(name, input, { timeout: { runMs: 20 } }));
    expect(error).toMatchObject({ code: 'ERR_JOB_TIMEOUT', phase: 'run', started: true });
    await quiet();
    expect(seen()).toBe('TimeoutError');
    expect(threads).toHaveLength(1);
  });

  test('learns that the pool closes', async () => {
    const { pool, latch, seen, input } = setUp();
    const job = await pool.submit(name, input);
    await latch.arrived();
    const ended = name === 'throwInLoop' ? rejection(job.result) : job.result;
    const report = await pool.close({ deadlineMs: 1000 });
    expect(seen()).toBe('AbortError');
    if (name === 'throwInLoop') {
      expect(await ended).toMatchObject({ code: 'ERR_POOL_CLOSED', started: true });
    } else expect(report).toMatchObject({ fulfilled: 1, unfinished: [] });
    expect(report.threadsLeft).toBe(0);
  });
});

test('a job learns that its thread is ending, after an exception that another one left behind', async () => {
  const { pool, latch, seen, quiet, input } = setUp({ concurrency: 2 });
  const job = await pool.submit('listen', input);
  await latch.arrived();
  await pool.run('throwBehind');
  expect(await rejection(job.result)).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  await until(() => seen() !== 'nothing');
  expect(seen()).toBe('AbortError');
  await quiet();
});

test('a job that first touches its signal when it has been told finds it aborted', async () => {
  const { pool, latch, seen, quiet, input } = setUp();
  const told = new Int32Array(new SharedArrayBuffer(4));
  const job = await pool.submit('touchLate', { ...input, told });
  await latch.arrived();
  job.cancel('enough');
  Atomics.store(told, 0, 1);
  Atomics.notify(told, 0);
  await rejection(job.result);
  await quiet();
  expect(seen()).toBe('AbortError');
});

test('a request that a job waits for is ended with it', async () => {
  const { pool, seen, quiet, input } = setUp();
  const server = http.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const requested = once(server, 'request');
  const job = await pool.submit('request', { ...input, url });
  const [{ socket }] = await requested;
  const closed = once(socket, 'close');
  job.cancel('enough');
  await closed;
  await quiet();
  expect(seen()).toBe('AbortError');
  server.close();
});

test('of jobs on one thread the one that is told learns it, and no other', async () => {
  const { pool } = setUp({ concurrency: 4 });
  const jobs = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const latch = new Latch();
      const cells = new Int32Array(new SharedArrayBuffer(4));
      const job = await pool.submit('listen', { latch: latch.cells, cells });
      await latch.arrived();
      return { job, cells };
    }),
  );
  for (const [at, { job }] of jobs.entries()) {
    job.cancel('enough');
    await until(() => pool.stats().jobs.abandoned === 0);
    expect(jobs.map(({ cells }) => cells[0])).toEqual(jobs.map((_, other) => Number(other <= at)));
  }
});

test('a signal that is kept after the end of its job never aborts, though its cell’s next job is told', async () => {
  const { pool } = setUp({ concurrency: 2 });
  await pool.run('keep');
  for (let round = 0; round < repeats(20, 200); round += 1) {
    const latch = new Latch();
    const cells = new Int32Array(new SharedArrayBuffer(4));
    // The job gets the cell that was used last.
    const job = await pool.submit('listen', { latch: latch.cells, cells });
    await latch.arrived();
    job.cancel('enough');
    expect(await pool.run('lookAtKept')).toEqual({ aborted: false, reason: undefined, events: 0 });
    await until(() => pool.stats().jobs.abandoned === 0);
    expect(cells[0]).toBe(1);
  }
  expect(threads).toHaveLength(1);
});

test('a signal that has aborted stays so, and aborts once', async () => {
  const { pool, latch, quiet, input } = setUp({ concurrency: 2 });
  const job = await pool.submit('keepAndListen', input);
  await latch.arrived();
  job.cancel('enough');
  await quiet();
  for (let round = 0; round < 3; round += 1) {
    expect(await pool.run('lookAtKept')).toMatchObject({ aborted: true, events: 1 });
  }
});
