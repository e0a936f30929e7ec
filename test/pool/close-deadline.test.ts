import { PoolClosedError } from 'millrace';
import { expect, test } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { macrotask, rejection } from '../helpers/outcomes.js';

const { makePool, threads } = guard();

test.each([0, 50])(
  'a deadline of %i ms hands back exactly what is not done',
  async (deadlineMs) => {
    const pool = makePool({ threads: 1, backlog: 8 });
    expect(await pool.run('echo', 'done')).toBe('done');
    const latch = new Latch();
    const input = { latch: latch.cells, value: 'running' };
    const running = await pool.submit('hold', input);
    const [moved, kept] = [new Uint8Array([1, 2]).buffer, Buffer.from('kept')];
    const queued = await Promise.all([
      pool.submit('echo', { n: 1 }),
      pool.submit('echo', moved, { transfer: [moved] }),
      pool.submit('len', kept),
    ]);
    const waiting = Array.from({ length: 6 }, () => pool.submit('echo', 'waiting'));
    const refused = waiting.slice(5).map(rejection);
    const accepted = await Promise.all(waiting.slice(0, 5));
    await latch.arrived();
    const report = await pool.close({ deadlineMs });
    expect(report).toMatchObject({ fulfilled: 0, rejected: 9, refused: 1 });
    expect(report.unfinished).toEqual([
      { name: 'hold', input, started: true, transferred: false },
      { name: 'echo', input: { n: 1 }, started: false, transferred: false },
      { name: 'echo', input: new Uint8Array([1, 2]).buffer, started: false, transferred: false },
      { name: 'len', input: kept, started: false, transferred: false },
      ...accepted.map(() => ({
        name: 'echo',
        input: 'waiting',
        started: false,
        transferred: false,
      })),
    ]);
    expect(report.unfinished[0]?.input).toBe(input);
    for (const job of [running, ...queued, ...accepted]) {
      const error = await rejection(job.result);
      expect(error).toBeInstanceOf(PoolClosedError);
      expect(error).toMatchObject({ code: 'ERR_POOL_CLOSED', started: job === running });
      expect(job.state).toBe('rejected');
    }
    for (const error of refused) expect((await error).code).toBe('ERR_POOL_CLOSED');
    expect(threads.map((thread) => thread.threadId)).toEqual([-1]);
  },
);

test('what was handed back can be submitted to another pool', async () => {
  const first = makePool({ threads: 1, backlog: 8 });
  const latch = new Latch();
  const held = rejection(first.run('spinForever', { latch: latch.cells }));
  await latch.arrived();
  const cells = new Int32Array(new SharedArrayBuffer(4 * 4));
  const jobs = [0, 1, 2, 3].map((cell) => rejection(first.run('count', { cells, cell })));
  const { unfinished } = await first.close({ deadlineMs: 1 });
  await Promise.all([held, ...jobs]);
  const second = makePool({ threads: 1, backlog: 8 });
  const again = unfinished.filter((job) => !job.started && !job.transferred);
  await Promise.all(again.map(({ name, input }) => second.run(name, input)));
  expect([...cells]).toEqual([1, 1, 1, 1]);
});

test('an input that went to its thread for good is marked so', async () => {
  const pool = makePool({ threads: 1, concurrency: 2 });
  const blocking = new Latch();
  const blocked = rejection(pool.run('spinForever', { latch: blocking.cells }));
  await blocking.arrived();
  const input = new ArrayBuffer(8);
  const sent = await pool.submit('echo', input, { transfer: [input] });
  const { unfinished } = await pool.close({ deadlineMs: 0 });
  expect(unfinished).toMatchObject([
    { name: 'spinForever', started: true, transferred: false },
    { name: 'echo', input: undefined, started: false, transferred: true },
  ]);
  expect(await blocked).toMatchObject({ code: 'ERR_POOL_CLOSED', started: true });
  expect(await rejection(sent.result)).toMatchObject({ code: 'ERR_POOL_CLOSED', started: false });
});

test('a deadline that is not reached changes nothing, and leaves no timer', async () => {
  const pool = makePool({ threads: 2, backlog: 8 });
  const jobs = [1, 2, 3, 4].map((n) => pool.run('echo', n));
  expect(await pool.close({ deadlineMs: 60_000 })).toMatchObject({ fulfilled: 4, unfinished: [] });
  expect(await Promise.all(jobs)).toEqual([1, 2, 3, 4]);
});

test.each([
  ['a later call without one', [0, undefined]],
  ['an earlier call without one', [undefined, 0]],
  ['a later one', [0, 60_000]],
  ['an earlier one', [60_000, 0]],
])('the earliest deadline wins over %s', async (_, deadlines) => {
  const pool = makePool({ threads: 1 });
  const latch = new Latch();
  const held = rejection(pool.run('spinForever', { latch: latch.cells }));
  await latch.arrived();
  const closed = deadlines.map((deadlineMs) =>
    pool.close(deadlineMs === undefined ? {} : { deadlineMs }),
  );
  const [report, again] = await Promise.all(closed);
  expect(report).toBe(again);
  expect(report).toMatchObject({ rejected: 1, unfinished: [{ name: 'spinForever' }] });
  expect(await held).toMatchObject({ code: 'ERR_POOL_CLOSED', started: true });
});

test('async jobs on shared threads are cut off too, with all threads', async () => {
  const pool = makePool({ threads: 2, concurrency: 2, backlog: 4 });
  const latch = new Latch();
  const jobs = Array.from({ length: 8 }, (_, n) =>
    rejection(pool.run(n % 2 === 0 ? 'holdAsync' : 'neverSettle', { latch: latch.cells })),
  );
  await latch.arrived(4);
  const { unfinished } = await pool.close({ deadlineMs: 1 });
  expect(unfinished.map((job) => job.started).join()).toBe(
    'true,true,true,true,false,false,false,false',
  );
  for (const error of await Promise.all(jobs)) expect(error.code).toBe('ERR_POOL_CLOSED');
  expect(latch.arrivals).toBe(4);
});

test('a job that has ended when this thread wakes up after the deadline is done', async () => {
  const pool = makePool({ threads: 1 });
  const latch = new Latch();
  const job = pool.run('hold', { latch: latch.cells, value: 'in time' });
  await latch.arrived();
  const closed = pool.close({ deadlineMs: 100 });
  latch.open();
  const until = performance.now() + 500;
  while (performance.now() < until);
  expect(await closed).toMatchObject({ fulfilled: 1, unfinished: [] });
  expect(await job).toBe('in time');
});

// Checking and claiming a job are two steps: a thread may start the job in between (2 of 88,000).
test('under load every job is either done or handed back, and knows whether it ran', async () => {
  for (let round = 0; round < 10; round += 1) {
    const pool = makePool({ threads: 2, backlog: 500 });
    await pool.ready();
    const cells = new Int32Array(new SharedArrayBuffer(4 * 500));
    const outcomes = Promise.allSettled(
      Array.from({ length: 500 }, (_, cell) => pool.run('count', { cells, cell })),
    );
    for (let turn = 0; turn < round; turn += 1) await macrotask();
    const report = await pool.close({ deadlineMs: 0 });
    const settled = await outcomes;
    const rejected = settled.flatMap((outcome, cell) =>
      outcome.status === 'rejected' ? [{ cell, started: outcome.reason.started }] : [],
    );
    expect(report.unfinished.map((job) => (job.input as { cell: number }).cell)).toEqual(
      rejected.map(({ cell }) => cell),
    );
    // A job that had started may have been stopped before it counted itself.
    const ran = settled.map((_, cell) => Atomics.load(cells, cell) === 1);
    const said = settled.map((outcome) => outcome.status === 'fulfilled' || outcome.reason.started);
    expect(ran.filter((hasRun, cell) => hasRun && !said[cell])).toEqual([]);
    expect(settled.filter(({ status }, cell) => status === 'fulfilled' && !ran[cell])).toEqual([]);
  }
});
