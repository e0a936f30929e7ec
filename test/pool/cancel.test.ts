import { once } from 'node:events';
import { expect, test } from 'vitest';
import { repeats } from '../helpers/extent.js';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

/** A pool whose only thread is held, with room for further jobs. */
async function heldPool(backlog = 4) {
  const pool = makePool({ threads: 1, backlog });
  const latch = new Latch();
  const held = await pool.submit('hold', { latch: latch.cells, value: 'held' });
  await latch.arrived();
  return { pool, latch, held };
}

const reasons: Array<[string, unknown]> = [
  ['an error', new RangeError('no longer needed')],
  ['a text', 'no longer needed'],
  ['null', null],
  ['an object', { code: 'E_MINE' }],
];

test.each(reasons)('a running job rejects at once with its reason: %s', async (_, reason) => {
  const { pool, held } = await heldPool();
  expect(held.state).toBe('running');
  expect(held.cancel(reason)).toBe(true);
  expect(held.state).toBe('cancelled');
  expect(await rejection(held.result)).toBe(reason);
  expect(await pool.run('echo', 'on')).toBe('on');
  await pool.ready();
  expect(pool.stats().threads).toMatchObject({ ready: 1, retirements: 1, lost: 0 });
});

test.each(reasons)('a signal ends a running job with its reason: %s', async (_, reason) => {
  const { pool, latch, held } = await heldPool();
  const cancelling = new AbortController();
  latch.open();
  await held.result;
  const next = new Latch();
  const { signal } = cancelling;
  const result = pool.run('hold', { latch: next.cells }, { signal });
  await next.arrived();
  cancelling.abort(reason);
  expect(await rejection(result)).toBe(reason);
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('without a reason it is an AbortError', async () => {
  const { pool, held } = await heldPool();
  const queued = await pool.submit('echo', 1);
  expect(queued.cancel()).toBe(true);
  expect(held.cancel()).toBe(true);
  for (const job of [queued, held]) {
    const error = await rejection(job.result);
    expect(error).toBeInstanceOf(DOMException);
    expect(error.name).toBe('AbortError');
  }
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('a job that never returns is ended by cancelling', async () => {
  const pool = makePool({ threads: 1 });
  const latch = new Latch();
  const job = await pool.submit('spinForever', { latch: latch.cells });
  await latch.arrived();
  job.cancel('enough');
  expect(await rejection(job.result)).toBe('enough');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(threads.length).toBe(2);
});

test('a queued job never runs, and its place is free at once', async () => {
  const { pool, latch, held } = await heldPool(1);
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const queued = await pool.submit('count', { cells, cell: 0 });
  expect(pool.trySubmit('count', { cells, cell: 1 })).toBeUndefined();
  expect(queued.cancel('queued')).toBe(true);
  expect(queued.state).toBe('cancelled');
  const next = pool.trySubmit('count', { cells, cell: 1 });
  expect(next?.state).toBe('queued');
  expect(await rejection(queued.result)).toBe('queued');
  latch.open();
  expect(await held.result).toBe('held');
  expect(await next?.result).toBe(1);
  expect([...cells]).toEqual([0, 1]);
  expect(pool.stats().threads.retirements).toBe(0);
});

test('a job that is cancelled in the turn of its submission runs once or never', async () => {
  const pool = makePool({ threads: 1, backlog: 0 });
  await pool.ready();
  const cells = new Int32Array(new SharedArrayBuffer(4 * 200));
  let cancelled = 0;
  for (let cell = 0; cell < 200; cell += 1) {
    // The job is already sent; the thread may be about to start it, or have ended it.
    const job = await pool.submit('count', { cells, cell });
    if (job.cancel('at once')) {
      cancelled += 1;
      expect(await rejection(job.result)).toBe('at once');
    } else expect(await job.result).toBe(cell);
    expect(await pool.run('echo', 'on')).toBe('on');
  }
  expect(Math.max(...cells)).toBeLessThanOrEqual(1);
  expect(pool.stats().jobs).toMatchObject({ cancelled, fulfilled: 400 - cancelled });
  expect(cancelled).toBeGreaterThan(0);
});

test('cancelling again, or what has ended, does nothing and says so', async () => {
  const { pool, latch, held } = await heldPool();
  const queued = await pool.submit('echo', 1);
  expect(queued.cancel('first')).toBe(true);
  expect(queued.cancel('second')).toBe(false);
  expect(await rejection(queued.result)).toBe('first');
  latch.open();
  expect(await held.result).toBe('held');
  expect(held.cancel('late')).toBe(false);
  expect(held.state).toBe('fulfilled');
  expect(await held.result).toBe('held');
  const unknown = await pool.submit('nothing').catch((error) => error);
  expect(unknown.code).toBe('ERR_UNKNOWN_JOB');
});

const ROUNDS = repeats(40, 200);

test('an answer that has left its thread and a cancel meet: one of them wins, once', async () => {
  const pool = makePool({ threads: 1 });
  const outcomes = new Set<unknown>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const latch = new Latch();
    const job = await pool.submit('hold', { latch: latch.cells, value: 'answer' });
    await latch.arrived();
    latch.open();
    for (let turn = 0; turn < round % 4; turn += 1) await macrotask();
    const isCancelled = job.cancel('cancelled');
    const outcome = await job.result.catch((reason) => reason);
    expect(outcome).toBe(isCancelled ? 'cancelled' : 'answer');
    outcomes.add(outcome);
  }
  expect(outcomes.size).toBeGreaterThanOrEqual(1);
  expect(await pool.run('echo', 'on')).toBe('on');
});

test('the slot of a cancelled job is taken until its thread is replaced, as the job outlives its grace', async () => {
  const { pool, held } = await heldPool(0);
  held.cancel('enough');
  const retired = once(pool, 'threadRetired');
  const next = await pool.submit('echo', 'next');
  expect(next.state).toBe('queued');
  expect(pool.stats()).toMatchObject({
    threads: { ready: 1, busy: 1, retired: 0 },
    jobs: { running: 0, queued: 1, cancelled: 1, abandoned: 1 },
  });
  expect(await retired).toEqual(['cancelled']);
  expect(await next.result).toBe('next');
});

test('many at once: those that run, those that are queued and those that wait', async () => {
  const { pool, latch, held } = await heldPool(3);
  const cells = new Int32Array(new SharedArrayBuffer(4 * 8));
  const cancelling = new AbortController();
  const { signal } = cancelling;
  const results = Array.from({ length: 8 }, (_, cell) =>
    rejection(pool.run('count', { cells, cell }, { signal })),
  );
  expect(pool.stats().jobs).toMatchObject({ running: 1, queued: 3, waiting: 5 });
  cancelling.abort('all');
  expect(await Promise.all(results)).toEqual(results.map(() => 'all'));
  expect(pool.stats().jobs).toMatchObject({ running: 1, queued: 0, waiting: 0, cancelled: 8 });
  latch.open();
  expect(await held.result).toBe('held');
  expect([...cells]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
