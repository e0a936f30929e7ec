import { expect, test } from 'vitest';
import { fixture, guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const { makePool, threads } = guard();
const crashes = fixture('crashes.js');

test('async jobs share a thread, up to its concurrency and no further', async () => {
  const pool = makePool({ threads: 1, concurrency: 3, backlog: 8 });
  const latch = new Latch();
  const jobs = [1, 2, 3, 4, 5].map((value) => pool.run('holdAsync', { latch: latch.cells, value }));
  await latch.arrived(3);
  for (let turn = 0; turn < 20; turn += 1) await macrotask();
  expect(latch.arrivals).toBe(3);
  expect(pool.stats()).toMatchObject({ jobs: { running: 3, queued: 2 }, threads: { busy: 1 } });
  latch.open();
  expect(await Promise.all(jobs)).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(await Promise.all([1, 2, 3].map(() => pool.run('thread')))).size).toBe(1);
});

test('cancelling one of several leaves the others, and their thread, alone', async () => {
  const pool = makePool({ threads: 1, concurrency: 3, backlog: 8 });
  const latches = [new Latch(), new Latch(), new Latch()] as const;
  const [first, second, third] = await Promise.all(
    latches.map(({ cells }, value) => pool.submit('holdAsync', { latch: cells, value })),
  );
  await Promise.all(latches.map((latch) => latch.arrived()));
  second?.cancel('not this one');
  expect(await rejection(second?.result as Promise<unknown>)).toBe('not this one');
  latches[0].open();
  latches[2].open();
  expect(await Promise.all([first?.result, third?.result])).toEqual([0, 2]);
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ retirements: 0, lost: 0 });
  expect(threads.length).toBe(1);
  latches[1].open();
});

test('the slot of a cancelled job is taken until it has really ended', async () => {
  const pool = makePool({ threads: 1, concurrency: 2, backlog: 8 });
  const [cancelled, kept, next] = [new Latch(), new Latch(), new Latch()];
  const job = await pool.submit('holdAsync', { latch: cancelled.cells });
  const other = pool.run('holdAsync', { latch: kept.cells });
  await Promise.all([cancelled.arrived(), kept.arrived()]);
  job.cancel('enough');
  const queued = await pool.submit('holdAsync', { latch: next.cells, value: 'next' });
  for (let turn = 0; turn < 20; turn += 1) await macrotask();
  expect([queued.state, next.arrivals]).toEqual(['queued', 0]);
  cancelled.open();
  await next.arrived();
  next.open();
  kept.open();
  expect(await Promise.all([queued.result, other])).toEqual(['next', undefined]);
});

test('its late answer is nobody’s', async () => {
  const pool = makePool({ threads: 1, concurrency: 2 });
  const latch = new Latch();
  const job = await pool.submit('holdAsync', { latch: latch.cells, value: 'late' });
  await latch.arrived();
  job.cancel('enough');
  latch.open();
  expect(await Promise.all([1, 2, 3, 4].map((n) => pool.run('echo', n)))).toEqual([1, 2, 3, 4]);
  expect(await rejection(job.result)).toBe('enough');
  expect(pool.stats().jobs).toMatchObject({ cancelled: 1, fulfilled: 4 });
});

test('a thread whose slots are all taken by cancelled jobs that never end is replaced', async () => {
  const pool = makePool({ threads: 1, concurrency: 2, backlog: 8 });
  const latch = new Latch();
  const jobs = await Promise.all(
    [1, 2].map(() => pool.submit('neverSettle', { latch: latch.cells })),
  );
  await latch.arrived(2);
  for (const job of jobs) job.cancel('enough');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(pool.stats().threads).toMatchObject({ retirements: 1, lost: 0 });
});

test('a thread that a cancelled job blocks is replaced; what has not started runs elsewhere', async () => {
  const pool = makePool({ threads: 1, concurrency: 3, backlog: 8 });
  const [beside, blocking] = [new Latch(), new Latch()];
  const innocent = pool.run('holdAsync', { latch: beside.cells });
  await beside.arrived();
  const blocker = await pool.submit('spinForever', { latch: blocking.cells });
  await blocking.arrived();
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const sent = await pool.submit('count', { cells, cell: 0 });
  const queued = await pool.submit('count', { cells, cell: 1 });
  expect([sent.state, queued.state]).toEqual(['queued', 'queued']);
  blocker.cancel('enough');
  expect(await rejection(blocker.result)).toBe('enough');
  expect(await rejection(innocent)).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  expect(await Promise.all([sent.result, queued.result])).toEqual([0, 1]);
  expect([...cells]).toEqual([1, 1]);
  expect(pool.stats().threads).toMatchObject({ retirements: 1, lost: 0 });
});

test.each(['spinForever', 'hold'])(
  'a run timeout ends a job that blocks a shared thread: %s',
  async (name) => {
    const pool = makePool({ threads: 1, concurrency: 2, backlog: 8 });
    const latch = new Latch();
    const blocked = pool.run(name, { latch: latch.cells }, { timeout: { runMs: 20 } });
    expect(await rejection(blocked)).toMatchObject({ phase: 'run', started: true });
    expect(await pool.run('echo', 'on')).toBe('on');
  },
);

test('a job that exits takes those with it that had started, and no others', async () => {
  const pool = makePool({ threads: 1, concurrency: 2, backlog: 8 }, crashes);
  const [beside, exiting] = [new Latch(), new Latch()];
  const innocent = pool.run('holdAsync', { latch: beside.cells });
  const guilty = pool.run('exitAsync', { code: 3, latch: exiting.cells });
  await Promise.all([beside.arrived(), exiting.arrived()]);
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const queued = [0, 1].map((cell) => pool.run('count', { cells, cell }));
  exiting.open();
  for (const error of await Promise.all([innocent, guilty].map(rejection))) {
    expect(error).toMatchObject({ code: 'ERR_THREAD_LOST', started: true });
  }
  expect(await Promise.all(queued)).toEqual([0, 1]);
  expect([...cells]).toEqual([1, 1]);
});

test('jobs go to the thread with the most room', async () => {
  const pool = makePool({ threads: 2, concurrency: 2, backlog: 8 });
  await pool.ready();
  const latch = new Latch();
  const jobs = [1, 2, 3, 4].map(() => pool.run('holdAsync', { latch: latch.cells }));
  await latch.arrived(4);
  expect(pool.stats()).toMatchObject({ threads: { busy: 2 }, jobs: { running: 4 } });
  latch.open();
  await Promise.all(jobs);
});

test('the work that an async job does first does not count as time of the next one', async () => {
  const pool = makePool({ threads: 1, concurrency: 2, backlog: 8 });
  await pool.ready();
  const latch = new Latch();
  const spinMs = 100;
  const first = pool.run('spinAndHoldAsync', { spinMs, latch: latch.cells });
  expect(await pool.run('echo', 'next')).toBe('next');
  const { runMs } = pool.stats();
  const afterMs = (await pool.run('clock')) as number;
  latch.open();
  const spunMs = (await first) as number;
  expect(runMs.count).toBe(1);
  // It ran between these two readings of its thread's clock; values are rounded a little.
  expect(runMs.max).toBeLessThan(afterMs - spunMs + spinMs / 2);
});
