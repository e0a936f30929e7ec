import { JobTimeoutError } from 'millrace';
import { expect, test, vi } from 'vitest';
import { guard } from '../helpers/guard.js';
import { Latch } from '../helpers/latch.js';
import { rejection } from '../helpers/outcomes.js';

const { makePool } = guard();

async function heldPool(backlog: number) {
  const pool = makePool({ threads: 1, backlog });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells, value: 'held' });
  await latch.arrived();
  return { pool, latch, held };
}

function timedOut(phase: string, timeoutMs: number, started: boolean): unknown {
  return expect.toSatisfy(
    (error: any) =>
      error instanceof JobTimeoutError &&
      error.code === 'ERR_JOB_TIMEOUT' &&
      error.phase === phase &&
      error.timeoutMs === timeoutMs &&
      error.started === started &&
      error.message.includes(`timeout.${phase}Ms = ${timeoutMs}`),
    `JobTimeoutError of ${phase}`,
  );
}

test.each([
  ['acceptMs', 'accept', { acceptMs: 5 }],
  ['totalMs', 'total', { totalMs: 5 }],
  ['a number', 'total', 5],
  ['the earliest', 'accept', { acceptMs: 5, queueMs: 1, runMs: 1, totalMs: 60_000 }],
])('ends a submission that waits: %s', async (_, phase, timeout) => {
  const { pool, latch, held } = await heldPool(0);
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const run = rejection(pool.run('count', { cells, cell: 0 }, { timeout }));
  const submit = rejection(pool.submit('count', { cells, cell: 0 }, { timeout }));
  expect(await run).toEqual(timedOut(phase, 5, false));
  expect(await submit).toEqual(timedOut(phase, 5, false));
  expect(pool.stats().jobs).toMatchObject({ timedOut: 2, waiting: 0, refused: 0 });
  latch.open();
  expect(await held).toBe('held');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect(cells[0]).toBe(0);
});

test.each([
  ['queueMs', 'queue', { queueMs: 5 }],
  ['totalMs', 'total', { totalMs: 5 }],
  ['a number', 'total', 5],
  ['the earliest', 'queue', { acceptMs: 1, queueMs: 5, runMs: 1, totalMs: 60_000 }],
])('ends a job that is queued: %s', async (_, phase, timeout) => {
  const { pool, latch, held } = await heldPool(1);
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const job = await pool.submit('count', { cells, cell: 0 }, { timeout });
  expect(await rejection(job.result)).toEqual(timedOut(phase, 5, false));
  expect(job.state).toBe('timedOut');
  expect(pool.trySubmit('echo', 1)?.state).toBe('queued');
  latch.open();
  expect(await held).toBe('held');
  expect(await pool.run('echo', 'on')).toBe('on');
  expect([cells[0], pool.stats().threads.retirements]).toEqual([0, 0]);
});

test.each([
  ['runMs', 'run', { runMs: 100 }],
  ['runMs under others', 'run', { acceptMs: 60_000, queueMs: 60_000, runMs: 100, totalMs: 90_000 }],
  ['totalMs', 'total', { totalMs: 500 }],
])('ends a job that runs, with its thread: %s', async (_, phase, timeout) => {
  const pool = makePool({ threads: 1 });
  await pool.ready();
  const timeoutMs = phase === 'run' ? 100 : 500;
  for (const name of ['hold', 'spinForever', 'neverSettle', 'holdAsync']) {
    const latch = new Latch();
    const job = await pool.submit(name, { latch: latch.cells }, { timeout });
    expect(await rejection(job.result)).toEqual(timedOut(phase, timeoutMs, true));
    expect(latch.arrivals).toBe(1);
    expect(await pool.run('echo', 'on')).toBe('on');
  }
  expect(pool.stats().threads).toMatchObject({ retirements: 4, lost: 0 });
  expect(pool.stats().jobs).toMatchObject({ timedOut: 4, fulfilled: 4 });
});

test('the time in the queue does not count as run time', async () => {
  const { pool, latch, held } = await heldPool(2);
  const patient = pool.run('echo', 'patient', { timeout: { runMs: 1000 } });
  // The first job waits longer than its run timeout in the queue; the next one times out in that time.
  const impatient = pool.run('echo', 'impatient', { timeout: { queueMs: 1500 } });
  expect(await rejection(impatient)).toEqual(timedOut('queue', 1500, false));
  latch.open();
  expect(await Promise.all([held, patient])).toEqual(['held', 'patient']);
});

test('the time of waiting does not count as time in the queue', async () => {
  const { pool, latch, held } = await heldPool(0);
  const patient = pool.run('echo', 'patient', { timeout: { queueMs: 1000, runMs: 1000 } });
  const impatient = pool.run('echo', 'impatient', { timeout: { acceptMs: 1500 } });
  expect(await rejection(impatient)).toEqual(timedOut('accept', 1500, false));
  latch.open();
  expect(await Promise.all([held, patient])).toEqual(['held', 'patient']);
});

test('a large waiter that times out lets the small one behind it in', async () => {
  const pool = makePool({ threads: 1, backlog: { jobs: 8, bytes: 10_000 } });
  const latch = new Latch();
  const held = pool.run('hold', { latch: latch.cells }, { bytes: 4000 });
  await latch.arrived();
  const large = pool.run('echo', 'large', { bytes: 7000, timeout: { acceptMs: 5 } });
  const small = pool.submit('echo', 'small', { bytes: 100 });
  expect(pool.stats().jobs.waiting).toBe(2);
  expect(await rejection(large)).toEqual(timedOut('accept', 5, false));
  expect((await small).state).toBe('queued');
  latch.open();
  await held;
});

test('a timeout that does not expire is forgotten with its job', async () => {
  const pool = makePool({ threads: 2, backlog: 1000 });
  const timeout = { acceptMs: 60_000, queueMs: 60_000, runMs: 60_000, totalMs: 60_000 };
  const results = await Promise.all(
    Array.from({ length: 1000 }, (_, n) => pool.run('echo', n, { timeout })),
  );
  expect(results).toEqual(Array.from({ length: 1000 }, (_, n) => n));
  expect(pool.stats().jobs).toMatchObject({ fulfilled: 1000, timedOut: 0 });
});

test('a thousand timeouts in one queue each end their own job', async () => {
  const { pool, latch, held } = await heldPool(1000);
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const results = Array.from({ length: 1000 }, (_, n) =>
    rejection(pool.run('count', { cells, cell: 0 }, { timeout: { queueMs: 1 + (n % 40) } })),
  );
  for (const [n, error] of (await Promise.all(results)).entries()) {
    expect(error).toMatchObject({ phase: 'queue', timeoutMs: 1 + (n % 40), started: false });
  }
  latch.open();
  expect(await held).toBe('held');
  expect(await pool.run('count', { cells, cell: 0 })).toBe(0);
  expect(cells[0]).toBe(1);
});

test('a job whose time is over when this thread wakes up, and which has ended, is fulfilled', async () => {
  const pool = makePool({ threads: 1 });
  await pool.ready();
  const latch = new Latch();
  const job = await pool.submit('hold', { latch: latch.cells, value: 'in time' }, { timeout: 200 });
  await latch.arrived();
  latch.open();
  // This thread is busy until long after the timeout; the result arrived long before that.
  const until = performance.now() + 500;
  while (performance.now() < until);
  expect(await job.result).toBe('in time');
});

// Checking and claiming a job are two steps: a thread may start the job in between (2 of 250,000).
test('a queue timeout says whether the job had started, whatever the race', async () => {
  const pool = makePool({ threads: 2, backlog: 2000 });
  await pool.ready();
  const cells = new Int32Array(new SharedArrayBuffer(4 * 2000));
  const errors = await Promise.all(
    Array.from({ length: 2000 }, (_, cell) =>
      pool.run('count', { cells, cell }, { timeout: { queueMs: 1 + (cell % 60) } }).then(
        () => undefined,
        (error) => error,
      ),
    ),
  );
  for (const [cell, error] of errors.entries()) {
    const ran = Atomics.load(cells, cell);
    expect(error === undefined ? ran : Number(error.started)).toBe(ran);
  }
});

// The main thread's clock must be the one that its timers use.
test('with fake timers a timeout comes when they are advanced', async () => {
  vi.useFakeTimers();
  try {
    const { pool, latch, held } = await heldPool(1);
    const run = rejection(pool.run('echo', 'queued', { timeout: 60_000 }));
    await vi.advanceTimersByTimeAsync(60_001);
    expect(await run).toEqual(timedOut('total', 60_000, false));
    latch.open();
    expect(await held).toBe('held');
  } finally {
    vi.useRealTimers();
  }
});
